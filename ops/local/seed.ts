import { setTimeout as pause } from 'node:timers/promises';
import { DROPLET_ROLES, enrolDroplet } from '#domain/droplets/index.ts';
import { findLatestJob, isFinished, retryJob } from '#domain/jobs/index.ts';
import { inviteOperator, listOperators } from '#domain/operators/index.ts';
import { createTenant, findTenant } from '#domain/tenants/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import type { LocalSshd } from './sshd.ts';

const OPERATOR_EMAIL = 'admin@localhost';
const DEMO = { slug: 'demo', name: 'Loja Demo', admin: { name: 'Ana Demo', email: 'admin@demo.localhost' } };
const LIVE_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/** Lets `fn` use the platform's own use cases as the console would, in the name of the set-up. */
export async function asSetUp<T>(databaseUrl: string, fn: (ctx: Context) => Promise<T>): Promise<T> {
  const log = silentLogger;
  const database = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: 'set-up', log });
  const actor = { kind: 'system', label: 'local set-up' } as const;
  try {
    return await fn(createContext({ db: database.db, log, clock: systemClock, actor, requestId: newId() }));
  } finally {
    await database.stop();
  }
}

export type FirstOperator = { email: string; oneTimePassword: string | undefined };

/** Invites the first operator, unless there is one: then nobody but that person knows the password. */
export async function seedOperator(ctx: Context): Promise<FirstOperator> {
  const [existing] = await listOperators(ctx);
  if (existing) return { email: existing.email, oneTimePassword: undefined };
  const { operator, password } = await inviteOperator(ctx, {
    email: OPERATOR_EMAIL,
    name: 'Local admin',
    role: 'admin',
  });
  return { email: operator.email, oneTimePassword: password };
}

type Machines = { sshd: LocalSshd; probeUrl: string };

/** Enrols the three local droplets with the host key of our own sshd; again when a port was moved. */
export async function seedDroplets(ctx: Context, { sshd, probeUrl }: Machines): Promise<void> {
  const address = { host: '127.0.0.1', port: sshd.port, username: sshd.user, hostKey: sshd.hostPublicKey };
  for (const role of DROPLET_ROLES)
    await enrolDroplet(ctx, { name: role, role, ...address, keyName: role, ...(role === 'edge' && { probeUrl }) });
}

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
