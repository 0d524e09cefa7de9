import assert from 'node:assert/strict';
import { hashPassword } from '#platform/auth/passwords.ts';
import { createContext, type Context } from '#platform/context.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { isDemoPassword } from '#ops/local/demo-store.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

describe('the demo store', () => {
  let world: StoreWorld;
  let admin: StoreContext;
  let ctx: Context;

  beforeEach(async () => {
    world = await createStoreWorld();
    admin = await world.openStore('demo');
    ctx = createContext({ ...admin, actor: { kind: 'system', label: 'local set-up' } });
  });
  afterEach(() => world?.close());

  const setAccount = async (email: string, password: string) =>
    world.rows('update construction.users set email = $2, password_hash = $3 where id = $1', [
      admin.user.id,
      email,
      await hashPassword(password),
    ]);

  describe('isDemoPassword', () => {
    it('is true as long as the admin signs in with it', async () => {
      await setAccount('admin@demo.localhost', 'as-it-was-printed');

      assert.equal(await isDemoPassword(ctx, 'as-it-was-printed'), true);
      assert.equal(await isDemoPassword(ctx, 'something-else'), false);
    });

    it('is true before the store has its admin, who will get it', async () => {
      assert.equal(await isDemoPassword(ctx, 'as-it-will-be'), true);
    });
  });
});
