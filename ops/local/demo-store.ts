import { setTimeout as pause } from 'node:timers/promises';
import { findStoreEntry } from '#domain/construction/store/index.ts';
import { findAccount } from '#domain/construction/users/index.ts';
import { findLatestJob, isFinished, retryJob } from '#domain/jobs/index.ts';
import { createTenant, findTenant } from '#domain/tenants/index.ts';
import type { Context } from '#platform/context.ts';

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
