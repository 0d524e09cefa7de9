import { setTimeout as pause } from 'node:timers/promises';
import { createCustomer, listCustomers } from '#domain/construction/customers/index.ts';
import { createProduct, listProducts } from '#domain/construction/products/index.ts';
import { findStoreEntry, loadStore } from '#domain/construction/store/index.ts';
import { findAccount } from '#domain/construction/users/index.ts';
import { findLatestJob, isFinished, retryJob } from '#domain/jobs/index.ts';
import { createTenant, findTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';
import { withTenant } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { DEMO_CUSTOMER, DEMO_PRODUCTS } from './demo-goods.ts';

const DEMO = { slug: 'demo', name: 'Loja Demo', admin: { name: 'Ana Demo', email: 'admin@demo.localhost' } };
const LIVE_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/** Asks for the demo store, once; its job waits for the ops worker. Returns the e-mail of its first admin. */
export async function seedDemo(ctx: Context, password: string): Promise<string> {
  const tenant = await findTenant(ctx, DEMO.slug);
  if (!tenant) await createTenant(ctx, { ...DEMO, admin: { ...DEMO.admin, password } }, { allowReserved: true });
  else if (tenant.status === 'failed') await retryDemo(ctx, tenant.id);
  return DEMO.admin.email;
}

async function retryDemo(ctx: Context, tenantId: string): Promise<void> {
  const job = await findLatestJob(ctx, tenantId);
  if (job && isFinished(job.status) && job.status !== 'succeeded') await retryJob(ctx, job.id);
}

/** Resolves with undefined once the edge serves the demo store, or with the reason why it does not. */
export async function untilDemoIsLive(ctx: Context, signal: AbortSignal): Promise<string | undefined> {
  const deadline = performance.now() + LIVE_WITHIN_MS;
  for (;;) {
    signal.throwIfAborted();
    const tenant = await findTenant(ctx, DEMO.slug);
    if (tenant?.status === 'live') return undefined;
    if (tenant?.status === 'failed' || tenant?.status === 'suspended')
      return `it is ${tenant.status}: ${tenant.statusReason ?? 'see its job in the console'}`;
    if (performance.now() > deadline) return 'its job has not finished yet: see it in the console';
    await pause(LOOK_AGAIN_MS);
  }
}

/**
 * Gives the demo store something to show: a customer and goods, each kind only where there is none. What somebody has made
 * or changed is left alone. `ctx` is of the stores' own role.
 */
export async function stockDemo(ctx: Context): Promise<void> {
  const demo = await findDemo(ctx);
  if (demo?.entry.status !== 'live') return;
  const { entry, account } = demo;
  const store = await loadStore(ctx, entry);
  const inStore = { ...ctx, tenantId: entry.tenantId, store, user: account.user, sessionId: newId() };
  await withTenant(inStore, entry.tenantId, async (tx) => {
    if ((await listCustomers(tx, { limit: 1 })).length === 0) await createCustomer(tx, DEMO_CUSTOMER);
    if ((await listProducts(tx, { limit: 1 })).length > 0) return;
    for (const product of DEMO_PRODUCTS) await createProduct(tx, product);
  });
}

/** Whether the demo's admin signs in with `password`, or will once there is one. `ctx` is of the stores' own role. */
export async function isDemoPassword(ctx: Context, password: string): Promise<boolean> {
  const demo = await findDemo(ctx);
  return demo ? demo.account.hasPassword(password) : true;
}

async function findDemo(ctx: Context) {
  const entry = await findStoreEntry(ctx, DEMO.slug);
  const account = entry && (await findAccount(ctx, entry.tenantId, DEMO.admin.email));
  return account && { entry, account };
}
