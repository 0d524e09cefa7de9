import assert from 'node:assert/strict';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { startStoreSite, type StoreSite } from '#tests/support/store-site.ts';

describe('guessing a password', () => {
  let site: StoreSite;
  let ana: StoreContext;
  let bruno: StoreContext;

  before(async () => {
    site = await startStoreSite();
    ana = await site.world.openStore('casa-forte');
    bruno = await site.world.hire(ana, 'salesperson');
    await site.publish('casa-forte');
    await site.givePassword(ana);
    await site.givePassword(bruno);
    for (let attempt = 1; attempt <= 5; attempt++)
      await site.browse('casa-forte').signIn(ana.user.email, `wrong-${attempt}`);
  });
  after(() => site.close());

  it('is stopped at the sixth try with 429, even when that one is right', async () => {
    const answer = await site.browse('casa-forte').signIn(ana.user.email);

    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.match(answer.text, /Tentativas demais/);
  });

  it('gains no tries by another spelling of the address', async () => {
    await site.world.rows('update construction.users set email = $1 where id = $2', [
      'davi@test.example',
      bruno.user.id,
    ]);

    const answer = await site.browse('casa-forte').signIn('davİ@test.example');

    assert.equal(answer.status, 401);
    assert.equal((await site.browse('casa-forte').signIn('Davi@Test.Example')).status, 303);
    await site.world.rows('update construction.users set email = $1 where id = $2', [bruno.user.email, bruno.user.id]);
  });

  it('does not lock out the colleagues', async () => {
    assert.equal((await site.browse('casa-forte').signIn(bruno.user.email)).status, 303);
  });

  it('forgets the tries of whoever then got it right', async () => {
    for (const password of ['wrong-1', 'wrong-2', 'wrong-3', 'wrong-4', undefined, 'wrong-5'])
      await site.browse('casa-forte').signIn(bruno.user.email, password);

    assert.equal((await site.browse('casa-forte').signIn(bruno.user.email)).status, 303);
  });

  it('does not lock out a person of the same address in another store', async () => {
    const other = await site.world.openStore('tijolao');
    await site.world.rows('update construction.users set email = $1 where id = $2', [ana.user.email, other.user.id]);
    await site.publish('tijolao');
    await site.givePassword(other);

    assert.equal((await site.browse('tijolao').signIn(ana.user.email)).status, 303);
  });
});
