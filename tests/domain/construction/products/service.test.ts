import assert from 'node:assert/strict';
import { checkPayload } from '#domain/events/index.ts';
import {
  changeProduct,
  createProduct,
  listPriceChanges,
  listProducts,
  setProductActive,
} from '#domain/construction/products/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aProduct } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

describe('products', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld();
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  const eventsOf = (id: string) =>
    world.rows<{ type: string; payload: Record<string, unknown> }>(
      'select type, payload from events.outbox where aggregate_id = $1 order by seq',
      [id],
    );

  it('writes one history row and one event for a new price, with who changed it', async () => {
    const product = await aProduct(acme, { basePrice: '32.00' });

    await changeProduct(acme, product.id, { changes: { basePrice: '35.5' }, priceReason: 'tabela nova' });

    const [change, ...rest] = await listPriceChanges(acme, product.id);
    assert.deepEqual(rest, []);
    assert.partialDeepStrictEqual(change, {
      oldPrice: '32.0000',
      newPrice: '35.5000',
      changedBy: acme.user.id,
      reason: 'tabela nova',
    });
    const events = await eventsOf(product.id);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['product_upserted', 'product_price_updated', 'product_upserted'],
    );
    assert.equal(events[1]!.payload.new_price, '35.5000');
  });

  it('writes no history for a change of name, nor for the same price written otherwise', async () => {
    const product = await aProduct(acme, { basePrice: '32.00' });

    await changeProduct(acme, product.id, { changes: { name: 'Cimento CP III', basePrice: '32' } });

    assert.deepEqual(await listPriceChanges(acme, product.id), []);
  });

  it('cannot change a price behind the history’s back, not even by SQL', async () => {
    const product = await aProduct(acme);

    await assert.rejects(
      world.rows('update construction.products set base_price = 1 where id = $1', [product.id]),
      /price_history/,
    );
  });

  it('tells the engines about each change in the shape they read', async () => {
    const product = await aProduct(acme);
    await setProductActive(acme, product.id, false);

    const events = await eventsOf(product.id);
    assert.equal(events.at(-1)!.payload.active, false);
    for (const { type, payload } of events)
      assert.deepEqual(checkPayload(type as 'product_upserted', 1, payload).ok, true);
  });

  it('tells the second of two editors that somebody was faster', async () => {
    const { id, version } = await aProduct(acme);
    await changeProduct(acme, id, { version, changes: { name: 'Areia fina' } });

    const late = changeProduct(acme, id, { version, changes: { name: 'Areia grossa' } });

    await assert.rejects(late, { code: 'version_conflict', status: 409 });
    const [product] = await world.rows('select name from construction.products where id = $1', [id]);
    assert.deepEqual(product, { name: 'Areia fina' });
  });

  it('refuses a code that another product has, and a unit that does not exist', async () => {
    const first = await createProduct(acme, { code: 'CIM-50', name: 'Cimento', unit: 'SC', basePrice: '32' });

    await assert.rejects(createProduct(acme, { code: 'CIM-50', name: 'Outro', unit: 'SC', basePrice: '1' }), {
      code: 'code_taken',
      members: { existing_id: first.id },
    });
    await assert.rejects(createProduct(acme, { code: null, name: 'Outro', unit: 'ZZ', basePrice: '1' }), {
      code: 'unknown_unit',
    });
  });

  it('keeps prices out of a salesperson’s hands', async () => {
    const product = await aProduct(acme);
    const seller = await world.hire(acme, 'salesperson');

    await assert.rejects(changeProduct(seller, product.id, { changes: { basePrice: '1' } }), { status: 403 });
  });

  it('finds products by words in any order and by code', async () => {
    const globex = await world.openStore('globex');
    await createProduct(globex, { code: 'TJ6', name: 'Tijolo cerâmico 6 furos', unit: 'MIL', basePrice: '890' });
    await createProduct(globex, { code: 'TJ8', name: 'Tijolo cerâmico 8 furos', unit: 'MIL', basePrice: '990' });
    const codes = async (q: string) => (await listProducts(globex, { q, limit: 10 })).map(({ code }) => code);

    assert.deepEqual(await codes('furos 8'), ['TJ8']);
    assert.deepEqual(await codes('ceramico'), ['TJ6', 'TJ8']);
    assert.deepEqual(await codes('tj6'), ['TJ6']);
  });
});
