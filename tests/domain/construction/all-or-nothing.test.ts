import assert from 'node:assert/strict';
import { hashPassword } from '#platform/auth/passwords.ts';
import { createLoginThrottle } from '#platform/auth/throttle.ts';
import { changeCustomer, setCustomerActive } from '#domain/construction/customers/index.ts';
import { changeOrderStatus, convertQuote } from '#domain/construction/orders/index.ts';
import { changeProduct, setProductActive } from '#domain/construction/products/index.ts';
import {
  addItem,
  approveQuote,
  cancelQuote,
  changeDraft,
  changeItem,
  createQuote,
  getQuote,
  rejectQuote,
  removeItem,
  replaceItems,
  sendQuote,
} from '#domain/construction/quotes/index.ts';
import type { StoreContext } from '#domain/construction/store/index.ts';
import { changePassword, signIn, signOut } from '#domain/construction/users/index.ts';
import { COMMIT_REFUSED, createCommitFaults, type CommitFaults } from '#tests/support/commit-faults.ts';
import { aCustomer, aDraft, anApprovedQuote, aProduct } from '#tests/support/sales.ts';
import { createStoreWorld, type StoreWorld } from '#tests/support/stores.ts';

const AUDIT = 'construction.audit_log';
const OUTBOX = 'events.outbox';
const PASSWORD = 'tres-sacos-de-cal';

type Change = {
  /** Whether the engines are told of it. */
  isEvent: boolean;
  /** Prepares what the change needs, and gives the change. */
  prepare: () => Promise<() => Promise<unknown>>;
};

describe('a change in a store, its audit row and its event', () => {
  let world: StoreWorld;
  let acme: StoreContext;
  let faults: CommitFaults;
  let changed: string[];

  before(async () => {
    world = await createStoreWorld();
    acme = await world.openStore('acme');
    await world.rows('update construction.users set password_hash = $1', [await hashPassword(PASSWORD)]);
    const tables = await world.rows<{ name: string }>(
      `select 'construction.' || relname as name from pg_class
        where relnamespace = 'construction'::regnamespace and relkind = 'r' order by 1`,
    );
    changed = tables.map(({ name }) => name).filter((name) => name !== AUDIT);
    faults = await createCommitFaults((sql, values) => world.rows(sql, values), [AUDIT, OUTBOX, ...changed]);
  });
  after(() => world.close());

  const throttle = () => createLoginThrottle(world.app.pool, 'store');
  const signInAsAna = () =>
    signIn(acme, throttle(), {
      tenantId: acme.tenantId,
      email: acme.user.email,
      password: PASSWORD,
      lifetimeMs: 3_600_000,
      ip: '203.0.113.7',
      userAgent: undefined,
    });
  async function aSentQuote() {
    const draft = await aDraft(acme);
    return sendQuote(acme, draft.id);
  }
  async function aLine() {
    const { id } = await aDraft(acme);
    const { items } = await getQuote(acme, id);
    return { id, itemId: items[0]!.id, productId: items[0]!.productId };
  }
  async function anOrder() {
    const quote = await anApprovedQuote(acme);
    return convertQuote(acme, quote.id, { fulfilment: 'pickup' });
  }

  const told = (prepare: Change['prepare']): Change => ({ isEvent: true, prepare });
  const own = (prepare: Change['prepare']): Change => ({ isEvent: false, prepare });

  const changes: Record<string, Change> = {
    'registering a customer': own(async () => () => aCustomer(acme)),
    'changing a customer': own(async () => {
      const { id } = await aCustomer(acme);
      return () => changeCustomer(acme, id, { changes: { name: 'Outra' } });
    }),
    'hiding a customer': own(async () => {
      const { id } = await aCustomer(acme);
      return () => setCustomerActive(acme, id, false);
    }),
    'adding a product': told(async () => () => aProduct(acme)),
    'changing a price': told(async () => {
      const { id } = await aProduct(acme);
      return () => changeProduct(acme, id, { changes: { basePrice: '99.00' } });
    }),
    'hiding a product': told(async () => {
      const { id } = await aProduct(acme);
      return () => setProductActive(acme, id, false);
    }),
    'opening a draft': own(async () => () => createQuote(acme, { customerId: null })),
    'changing a draft': own(async () => {
      const { id } = await aDraft(acme);
      return () => changeDraft(acme, id, { changes: { discountPct: '1' } });
    }),
    'adding the first line': told(async () => {
      const { id } = await createQuote(acme, { customerId: (await aCustomer(acme)).id });
      const product = await aProduct(acme);
      return () => addItem(acme, id, { productId: product.id, quantity: '1' });
    }),
    'changing a line': own(async () => {
      const { id, itemId } = await aLine();
      return () => changeItem(acme, id, { itemId, changes: { quantity: '2' } });
    }),
    'removing a line': own(async () => {
      const { id, itemId } = await aLine();
      return () => removeItem(acme, id, itemId);
    }),
    'replacing all lines': own(async () => {
      const { id, productId } = await aLine();
      return () => replaceItems(acme, id, { items: [{ productId, quantity: '7' }] });
    }),
    'sending a quote': told(async () => {
      const { id } = await aDraft(acme);
      return () => sendQuote(acme, id);
    }),
    'approving a quote': told(async () => {
      const { id } = await aSentQuote();
      return () => approveQuote(acme, id);
    }),
    'rejecting a quote': told(async () => {
      const { id } = await aSentQuote();
      return () => rejectQuote(acme, id, 'caro');
    }),
    'cancelling a quote': own(async () => {
      const { id } = await aDraft(acme);
      return () => cancelQuote(acme, id, 'desistiu');
    }),
    'making an order': told(async () => {
      const { id } = await anApprovedQuote(acme);
      return () => convertQuote(acme, id, { fulfilment: 'pickup' });
    }),
    'preparing an order': told(async () => {
      const { id } = await anOrder();
      return () => changeOrderStatus(acme, id, { to: 'preparing' });
    }),
    'cancelling an order': told(async () => {
      const { id } = await anOrder();
      return () => changeOrderStatus(acme, id, { to: 'cancelled', reason: 'desistiu' });
    }),
    'handing an order over': told(async () => {
      const { id } = await anOrder();
      for (const to of ['preparing', 'ready'] as const) await changeOrderStatus(acme, id, { to });
      return () => changeOrderStatus(acme, id, { to: 'delivered' });
    }),
    'signing in': own(async () => signInAsAna),
    'signing out': own(async () => {
      const { sessionId } = await signInAsAna();
      return () => signOut(acme, { tenantId: acme.tenantId, sessionId });
    }),
    'choosing a password': own(async () => {
      await signInAsAna();
      return () => changePassword(acme, throttle(), { current: PASSWORD, next: 'quatro-sacos-de-cal' });
    }),
  };

  async function refuses(tables: readonly string[], change: () => Promise<unknown>) {
    const before = await faults.snapshot();
    await faults.during(tables, () => assert.rejects(change(), COMMIT_REFUSED));
    assert.deepEqual(await faults.snapshot(), before);
  }

  for (const [what, { prepare, isEvent }] of Object.entries(changes)) {
    it(`${what} does not happen without its audit row`, async () => {
      await refuses([AUDIT], await prepare());
    });

    if (isEvent)
      it(`${what} does not happen without its event`, async () => {
        await refuses([OUTBOX], await prepare());
      });

    it(`${what} leaves neither audit row nor event when it did not happen`, async () => {
      await refuses(changed, await prepare());
    });
  }
});
