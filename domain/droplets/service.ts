import { z } from 'zod';
import { recordAudit } from '#domain/audit/index.ts';
import { requestJob } from '#domain/jobs/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { Conflict, InvalidInput } from '#platform/errors.ts';
import { fieldErrors } from '#platform/http/parse.ts';
import { newId } from '#platform/ids.ts';
import { resolveAll } from './alerts.ts';
import { closeRotation } from './keys/queries.ts';
import { countFilesOf, listEdges, notFound } from './listings.ts';
import { deleteFacts } from './looks/queries.ts';
import { lockDroplet, markRetired, upsertDroplet, type LockedDroplet } from './queries.ts';
import { DROPLET_ROLES, type Droplet } from './types.ts';

/** Pages of the console beside those of the droplets. */
const RESERVED_NAMES = new Set(['new', 'live', 'figures']);

/** What is typed of a machine; whoever asks for one of these asks by the same rules. */
export const dropletFields = {
  name: z
    .string()
    .regex(/^[a-z0-9](-?[a-z0-9])*$/, 'Type letters, digits and single hyphens.')
    .max(40, 'Type at most 40 characters.')
    .refine((name) => !RESERVED_NAMES.has(name), { error: 'This name is taken by a page; type another one.' }),
  role: z.enum(DROPLET_ROLES, { error: `Type one of ${DROPLET_ROLES.join(', ')}.` }),
  host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'Type a host name or an address.'),
  port: z
    .int({ error: 'Type a port, 1 to 65535.' })
    .min(1, { error: 'Type a port, 1 to 65535.' })
    .max(65_535, { error: 'Type a port, 1 to 65535.' }),
  username: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'Type the name of an account.'),
  keyName: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'Type the file name of the private key.'),
  probeUrl: z.url({ protocol: /^https?$/, error: 'Type an address that starts with http:// or https://.' }),
};

const machine = z.object({ ...dropletFields, probeUrl: dropletFields.probeUrl.optional() });
const hostKey = z
  .string()
  .regex(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/, 'Paste the ed25519 host key: "ssh-ed25519 AAAA…", without a comment.');

const probeUrlOfEdge = {
  path: ['probeUrl'],
  error: 'Say where this edge answers HTTP.',
};
const isWhole = (input: z.output<typeof machine>) => input.role !== 'edge' || input.probeUrl !== undefined;

/** What a person says of a machine. */
export type Machine = z.output<typeof machine>;
/** A machine with the host key that a person has compared with the machine's own. */
export type Enrolment = Machine & { hostKey: string };

/** Checks what was said of a machine. Throws InvalidInput `droplet_invalid` naming the fields. */
export function parseMachine(input: unknown): Machine {
  return parse(machine.refine(isWhole, probeUrlOfEdge), input);
}

/**
 * Pins a machine's host key under a name, for the first time or, after it was rebuilt, again: from then on nothing is sent
 * to a machine that shows another key. Enrolling the same twice changes nothing. Throws InvalidInput `droplet_invalid`
 * naming the fields.
 */
export async function enrolDroplet(ctx: Context, input: Enrolment): Promise<Droplet> {
  const wanted = parse(machine.extend({ hostKey }).refine(isWhole, probeUrlOfEdge), input);
  return withTransaction(ctx, async (tx) => {
    const before = await lockDroplet(tx.db, wanted.name);
    if (before && !before.retiredAt && isSame(before.droplet, wanted)) return before.droplet;
    const at = tx.clock.now();
    const id = before?.droplet.id ?? newId();
    const droplet = await upsertDroplet(tx.db, { ...wanted, id, at, by: tx.actor.label });
    if (before) await forgetOldMachine(tx, before, wanted);
    await recordAudit(tx, {
      action: before ? 'droplet.re_enrolled' : 'droplet.enrolled',
      ...about(droplet),
      ...(before && { before: shown(before.droplet) }),
      after: shown(droplet),
    });
    return droplet;
  });
}

/** Alerts, figures and a change of keys that was under way are of the machine that had this name until now. */
async function forgetOldMachine(tx: Context, { droplet }: LockedDroplet, wanted: Enrolment): Promise<void> {
  await resolveAll(tx, droplet.name);
  if (droplet.hostKey !== wanted.hostKey) await deleteFacts(tx.db, droplet.id);
  await dropRotation(tx, droplet.id, wanted.keyName);
}

/** Ends a change of keys that was under way; its new key is of no use then, unless it is the one to keep. */
async function dropRotation(tx: Context, dropletId: string, keptKey?: string): Promise<void> {
  const newKeyName = await closeRotation(tx.db, dropletId, { state: 'abandoned', at: tx.clock.now() });
  if (newKeyName !== undefined && newKeyName !== keptKey) await dropKey(tx, dropletId, newKeyName);
}

/**
 * Gives a machine up: nothing is sent to it any more, and our key for it is deleted. Its name can be enrolled again. Throws
 * NotFound `droplet_not_found`, Conflict `droplet_only_edge` and `droplet_has_files`.
 */
export async function retireDroplet(ctx: Context, name: string): Promise<Droplet> {
  return withTransaction(ctx, async (tx) => {
    const locked = await lockDroplet(tx.db, name);
    if (!locked || locked.retiredAt) throw notFound();
    const { droplet } = locked;
    await refuseWhileNeeded(tx, droplet);
    await markRetired(tx.db, droplet.id, tx.clock.now());
    await resolveAll(tx, name);
    await deleteFacts(tx.db, droplet.id);
    await dropRotation(tx, droplet.id);
    await dropKey(tx, droplet.id, droplet.keyName);
    await recordAudit(tx, { action: 'droplet.retired', ...about(droplet), before: shown(droplet) });
    return droplet;
  });
}

async function refuseWhileNeeded(tx: Context, { id, name, role }: Droplet): Promise<void> {
  if (role !== 'edge') return;
  const others = (await listEdges(tx)).filter((edge) => edge.id !== id);
  if (others.length === 0)
    throw new Conflict('droplet_only_edge', `${name} is the only edge: without it no store is served.`);
  const files = await countFilesOf(tx, id);
  if (files > 0)
    throw new Conflict('droplet_has_files', `${name} still serves stores, or is about to: ${files} files.`, {
      members: { files },
    });
}

async function dropKey(tx: Context, dropletId: string, keyName: string): Promise<void> {
  await requestJob(tx, { kind: 'droplet.drop_key', subject: `key ${keyName}`, payload: { dropletId, keyName } });
}

function parse<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInput('droplet_invalid', 'This machine cannot be enrolled as described.', {
    fields: fieldErrors(parsed.error),
  });
}

function isSame(droplet: Droplet, wanted: Enrolment): boolean {
  const keys = ['role', 'host', 'port', 'username', 'hostKey', 'keyName', 'probeUrl'] as const;
  return keys.every((key) => droplet[key] === wanted[key]);
}

/** Whom an audit row of a droplet is about. */
export function about({ id, name }: Pick<Droplet, 'id' | 'name'>) {
  return { subject: { type: 'droplet', id, label: name } };
}

function shown({ role, host, port, username, fingerprint, keyName, probeUrl }: Droplet): Record<string, unknown> {
  return { role, host, port, username, fingerprint, key_name: keyName, probeUrl };
}
