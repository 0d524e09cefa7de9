import { DROPLET_ROLES, enrolDroplet } from '#domain/droplets/index.ts';
import { inviteOperator, listOperators, resetOperator } from '#domain/operators/index.ts';
import { systemClock } from '#platform/clock.ts';
import { createContext, type Context } from '#platform/context.ts';
import { openDatabase } from '#platform/db/index.ts';
import { newId } from '#platform/ids.ts';
import { silentLogger } from '#platform/log/index.ts';
import type { LocalSshd } from './sshd.ts';

const FIRST_OPERATOR = { email: 'admin@localhost', name: 'Local admin', role: 'admin' } as const;

/** Lets `fn` use the platform's own use cases as the process of this role would, in the name of the set-up. */
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

/**
 * Invites the first operator. As long as that person has not chosen a password of their own they get a new one-time
 * password each time: the one before was shown once, perhaps long ago, and nobody can look it up.
 */
export async function seedOperator(ctx: Context): Promise<FirstOperator> {
  const active = (await listOperators(ctx)).filter((operator) => operator.active);
  const first = active.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
  if (first && !first.mustChangePassword) return { email: first.email, oneTimePassword: undefined };
  const { operator, password } = first ? await resetOperator(ctx, first.id) : await inviteOperator(ctx, FIRST_OPERATOR);
  return { email: operator.email, oneTimePassword: password };
}

type Machines = { sshd: LocalSshd; probeUrl: string };

/** Enrols the three local droplets with the host key of our own sshd; again when a port was moved. */
export async function seedDroplets(ctx: Context, { sshd, probeUrl }: Machines): Promise<void> {
  const address = { host: '127.0.0.1', port: sshd.port, username: sshd.user, hostKey: sshd.hostPublicKey };
  for (const role of DROPLET_ROLES)
    await enrolDroplet(ctx, { name: role, role, ...address, keyName: role, ...(role === 'edge' && { probeUrl }) });
}
