import assert from 'node:assert/strict';
import { hashPassword } from '#platform/auth/passwords.ts';
import { createContext, type Context } from '#platform/context.ts';
import { getCustomer, listCustomers } from '#domain/construction/customers/index.ts';
import { listProducts } from '#domain/construction/products/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { isDemoPassword, stockDemo } from '#ops/local/demo-store.ts';
import { aCustomer, aProduct } from '#tests/support/sales.ts';
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

  describe('stockDemo', () => {
    const names = async () => ({
      customers: (await listCustomers(admin, { limit: 10 })).map(({ name }) => name),
      products: (await listProducts(admin, { limit: 10 })).map(({ name }) => name),
    });

    beforeEach(() => setAccount('admin@demo.localhost', 'whatever'));

    it('puts a customer and three products with prices into the empty store, once', async () => {
      await stockDemo(ctx);
      const stocked = await names();
      await stockDemo(ctx);

      assert.deepEqual(await names(), stocked);
      assert.deepEqual([stocked.customers.length, stocked.products.length], [1, 3]);
      const [customer] = await listCustomers(admin, { limit: 1 });
      assert.ok((await getCustomer(admin, customer!.id)).street, 'an order can be delivered');
      for (const { basePrice } of await listProducts(admin, { limit: 3 })) assert.ok(Number(basePrice) > 0);
    });

    it('leaves what somebody has made alone', async () => {
      await aProduct(admin, { name: 'Cal hidratada' });
      await aCustomer(admin, { name: 'João' });

      await stockDemo(ctx);

      assert.deepEqual(await names(), { customers: ['João'], products: ['Cal hidratada'] });
    });
  });

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
