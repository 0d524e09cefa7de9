import assert from 'node:assert/strict';
import { withTenant } from '#platform/db/index.ts';
import { takeNumber } from '#domain/construction/numbering/index.ts';
import { createQuote } from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

describe('document numbers', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld({ poolMax: 20 });
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  it('gives a hundred quotes made at once a hundred numbers without a gap', async () => {
    const quotes = await Promise.all(Array.from({ length: 100 }, () => createQuote(acme, { customerId: null })));

    const numbers = quotes.map(({ number }) => number).sort();
    assert.deepEqual(
      numbers,
      Array.from({ length: 100 }, (_, i) => `ORC-${String(i + 1).padStart(6, '0')}`),
    );
  });

  it('counts each store and each type of document for itself', async () => {
    const globex = await world.openStore('globex');

    const taken = await withTenant(globex, globex.tenantId, async (tx) => [
      await takeNumber(tx, 'quote'),
      await takeNumber(tx, 'order'),
      await takeNumber(tx, 'order'),
    ]);

    assert.deepEqual(taken, ['ORC-000001', 'PED-000001', 'PED-000002']);
  });

  it('gives a number back when its document was not made', async () => {
    const initech = await world.openStore('initech');
    const failure = withTenant(initech, initech.tenantId, async (tx) => {
      await takeNumber(tx, 'quote');
      throw new Error('the customer left');
    });
    await assert.rejects(failure, /left/);

    assert.equal((await createQuote(initech, { customerId: null })).number, 'ORC-000001');
  });
});
