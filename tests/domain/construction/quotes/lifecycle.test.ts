import assert from 'node:assert/strict';
import { fixedClock } from '#platform/clock.ts';
import { checkPayload, type EventType } from '#domain/events/index.ts';
import {
  addItem,
  approveQuote,
  cancelQuote,
  changeDraft,
  createQuote,
  getQuote,
  listQuotes,
  rejectQuote,
  sendQuote,
} from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { aCustomer, aDraft, aProduct } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

const DAY_MS = 86_400_000;

describe('the life of a quote', () => {
  let world: StoreWorld;
  let acme: StoreContext;

  before(async () => {
    world = await createStoreWorld();
    acme = await world.openStore('acme');
  });

  after(() => world.close());

  const eventsOf = (id: string) =>
    world.rows<{ type: EventType; payload: Record<string, unknown> }>(
      'select type, payload from events.outbox where aggregate_id = $1 order by seq',
      [id],
    );
  const at = (ctx: StoreContext, instant: string) => ({ ...ctx, clock: fixedClock(new Date(instant)) });

  it('holds its prices until the end of the seventh day in the store’s own zone', async () => {
    const draft = await aDraft(acme);

    // 23:30 in São Paulo, already the next day in UTC.
    const sent = await sendQuote(at(acme, '2026-11-22T02:30:00Z'), draft.id);

    assert.equal(sent.validUntil, '2026-11-28');
  });

  it('is not sent without customer or item', async () => {
    const empty = await createQuote(acme, { customerId: (await aCustomer(acme)).id });
    const anonymous = await createQuote(acme, { customerId: null });
    await addItem(acme, anonymous.id, { productId: (await aProduct(acme)).id, quantity: '1' });

    await assert.rejects(sendQuote(acme, empty.id), { code: 'quote_without_items' });
    await assert.rejects(sendQuote(acme, anonymous.id), { code: 'quote_without_customer' });
  });

  it('is sent with a discount up to the limit of one’s role, beyond it by a manager', async () => {
    const seller = await world.hire(acme, 'salesperson');
    const manager = await world.hire(acme, 'manager');
    const draft = await aDraft(seller);
    await changeDraft(seller, draft.id, { changes: { discountPct: '6' } });

    await assert.rejects(sendQuote(seller, draft.id), {
      code: 'discount_above_limit',
      members: { limit_pct: '5', discount_pct: '6' },
    });
    assert.equal((await sendQuote(manager, draft.id)).status, 'sent');
  });

  it('does not let a low price typed by hand slip past the limit', async () => {
    const seller = await world.hire(acme, 'salesperson');
    const quote = await createQuote(seller, { customerId: (await aCustomer(acme)).id });
    const product = await aProduct(acme, { basePrice: '100' });
    await addItem(seller, quote.id, { productId: product.id, quantity: '1', unitPrice: '80' });

    await assert.rejects(sendQuote(seller, quote.id), { code: 'discount_above_limit' });
  });

  it('tells the engines of each step once, however often it is asked', async () => {
    const draft = await aDraft(acme);
    for (const step of [sendQuote, sendQuote, approveQuote, approveQuote]) await step(acme, draft.id);

    const events = await eventsOf(draft.id);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['quote_created', 'quote_sent', 'quote_approved'],
    );
    for (const { type, payload } of events) assert.deepEqual(checkPayload(type, 1, payload).ok, true);
  });

  it('keeps why it was rejected or cancelled', async () => {
    const [one, two] = [await aDraft(acme), await aDraft(acme)];
    await sendQuote(acme, one.id);

    await rejectQuote(acme, one.id, 'achou caro');
    await cancelQuote(acme, two.id, 'cliente desistiu');

    assert.equal((await getQuote(acme, one.id)).quote.rejectReason, 'achou caro');
    assert.equal((await eventsOf(one.id)).at(-1)!.payload.reason, 'achou caro');
    const [audit] = await world.rows(
      `select after from construction.audit_log where entity_id = $1 and action = 'quote.cancelled'`,
      [two.id],
    );
    assert.deepEqual(audit!.after, { status: 'cancelled', reason: 'cliente desistiu' });
  });

  it('cannot be approved after its last day, and is listed as expired', async () => {
    const draft = await aDraft(acme);
    await sendQuote(acme, draft.id);
    const later = at(acme, new Date(world.clock.now().getTime() + 8 * DAY_MS).toISOString());

    await assert.rejects(approveQuote(later, draft.id), { code: 'invalid_transition', status: 409 });
    const expired = await listQuotes(later, { status: 'expired', limit: 100 });
    assert.ok(expired.some(({ id, status }) => id === draft.id && status === 'expired'));
    assert.ok(!(await listQuotes(acme, { status: 'expired', limit: 100 })).some(({ id }) => id === draft.id));
  });

  it('is invisible to another salesperson, unless the store says that all see all', async () => {
    const [ana, rui] = [await world.hire(acme, 'salesperson'), await world.hire(acme, 'salesperson')];
    const draft = await aDraft(ana);
    const open = { ...rui, store: { ...rui.store, settings: { ...rui.store.settings, salesSeeAll: true } } };

    await assert.rejects(getQuote(rui, draft.id), { status: 404 });
    await assert.rejects(sendQuote(rui, draft.id), { status: 404 });
    assert.deepEqual(await listQuotes(rui, { limit: 10 }), []);
    assert.equal((await getQuote(open, draft.id)).quote.id, draft.id);
    await assert.rejects(sendQuote(open, draft.id), { status: 403 });
  });

  it('is approved by a salesperson only where the store allows it', async () => {
    const seller = await world.hire(acme, 'salesperson');
    const trusted = {
      ...seller,
      store: { ...seller.store, settings: { ...seller.store.settings, salesCanApprove: true } },
    };
    const draft = await aDraft(seller);
    await sendQuote(seller, draft.id);

    await assert.rejects(approveQuote(seller, draft.id), { status: 403 });
    assert.equal((await approveQuote(trusted, draft.id)).status, 'approved');
  });
});
