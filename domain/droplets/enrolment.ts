import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict } from '#platform/errors.ts';
import { fingerprint } from '#platform/ssh/fingerprint.ts';
import { enrolDroplet, parseMachine, type Machine } from './service.ts';
import type { Droplet } from './types.ts';

/** The host key a machine shows now. Throws `ssh_connect_failed` after 5 s at most; nothing is sent but the asking. */
export async function askForHostKey(machine: Pick<Machine, 'host' | 'port'>): Promise<string> {
  // Loaded when somebody enrols: the SSH library would cost every console and command its memory and start time.
  const { fetchHostKey } = await import('#platform/ssh/host-key.ts');
  return fetchHostKey(machine.host, machine.port);
}

/**
 * Enrols a machine that shows the key whose fingerprint a person has compared with the machine's own, and has our key for it
 * made where there is none. Throws InvalidInput `droplet_invalid`; Conflict `fingerprint_not_compared`, which tells the
 * fingerprint to compare in its members, and `fingerprint_differs`; and `ssh_connect_failed`.
 */
export async function enrolCompared(
  ctx: Context,
  input: unknown,
  expected: string | undefined,
): Promise<{ droplet: Droplet; jobId: string }> {
  const machine = parseMachine(input);
  const hostKey = await askForHostKey(machine);
  refuseUnlessCompared(machine, { shown: fingerprint(hostKey), expected });
  return withTransaction(ctx, async (tx) => {
    const droplet = await enrolDroplet(tx, { ...machine, hostKey });
    const { id: dropletId, name, keyName } = droplet;
    const payload = { dropletId, keyName };
    return { droplet, jobId: await requestJob(tx, { kind: 'droplet.make_key', subject: `droplet ${name}`, payload }) };
  });
}

/** A key that nobody compared with the machine's own may be that of whoever stands in between. */
function refuseUnlessCompared(
  { host, port }: Machine,
  { shown, expected }: { shown: string; expected: string | undefined },
): void {
  if (expected === shown) return;
  const address = `${host}:${port}`;
  if (expected === undefined)
    throw new Conflict(
      'fingerprint_not_compared',
      `${address} shows the host key ${shown}. Nothing is enrolled yet: compare it with what the machine says of itself.`,
      { members: { fingerprint: shown } },
    );
  throw new Conflict(
    'fingerprint_differs',
    `${address} shows the host key ${shown}, and you expect ${expected}. Nothing is enrolled: ask why before you go on.`,
    { members: { fingerprint: shown, expected } },
  );
}
