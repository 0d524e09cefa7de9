import { z } from 'zod';
import { resolveAlert } from '#domain/alerts/index.ts';
import { recordAudit } from '#domain/audit/index.ts';
import type { Context } from '#platform/context.ts';
import { withTransaction } from '#platform/db/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import { fieldErrors } from '#platform/http/parse.ts';
import { newId } from '#platform/ids.ts';
import { hostKeyAlert } from './health.ts';
import { lockDroplet, upsertDroplet } from './queries.ts';
import { DROPLET_ROLES, type Droplet } from './types.ts';

/** What is typed of a machine; whoever asks for one of these asks by the same rules. */
export const dropletFields = {
  name: z
    .string()
    .regex(/^[a-z0-9](-?[a-z0-9])*$/, 'Type letters, digits and single hyphens.')
    .max(40, 'Type at most 40 characters.'),
  role: z.enum(DROPLET_ROLES, { error: `Type one of ${DROPLET_ROLES.join(', ')}.` }),
  host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'Type a host name or an address.'),
  port: z
    .int({ error: 'Type a port, 1 to 65535.' })
    .min(1, { error: 'Type a port, 1 to 65535.' })
    .max(65_535, { error: 'Type a port, 1 to 65535.' }),
  username: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'Type the name of an account.'),
  keyName: z.string().regex(/^[a-z0-9._-]{1,64}$/, 'Type the file name of the private key.'),
  probeUrl: z.url({ protocol: /^https?$/, error: 'Type an address that starts with http:// or https://.' }),
};

const enrolment = z
  .object({
    ...dropletFields,
    probeUrl: dropletFields.probeUrl.optional(),
    hostKey: z
      .string()
      .regex(/^ssh-ed25519 [A-Za-z0-9+/]{68}$/, 'Paste the ed25519 host key: "ssh-ed25519 AAAA…", without a comment.'),
  })
  .refine((input) => input.role !== 'edge' || input.probeUrl !== undefined, {
    path: ['probeUrl'],
    error: 'Say where this edge answers HTTP.',
  });

/** A machine with the host key that a person has compared with the machine's own. */
export type Enrolment = z.infer<typeof enrolment>;

/**
 * Pins a machine's host key under a name, for the first time or, after it was rebuilt, again: from then on nothing is sent
 * to a machine that shows another key. Enrolling the same twice changes nothing. Throws InvalidInput `droplet_invalid`
 * naming the fields.
 */
export async function enrolDroplet(ctx: Context, input: Enrolment): Promise<Droplet> {
  const wanted = parseEnrolment(input);
  return withTransaction(ctx, async (tx) => {
    const before = await lockDroplet(tx.db, wanted.name);
    if (before && isSame(before, wanted)) return before;
    const at = tx.clock.now();
    const droplet = await upsertDroplet(tx.db, { ...wanted, id: before?.id ?? newId(), at, by: tx.actor.label });
    await resolveAlert(tx, hostKeyAlert(droplet.name));
    await recordAudit(tx, {
      action: before ? 'droplet.re_enrolled' : 'droplet.enrolled',
      subject: { type: 'droplet', id: droplet.id, label: droplet.name },
      ...(before && { before: shown(before) }),
      after: shown(droplet),
    });
    return droplet;
  });
}

function parseEnrolment(input: Enrolment): Enrolment {
  const parsed = enrolment.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInput('droplet_invalid', 'This machine cannot be enrolled as described.', {
    fields: fieldErrors(parsed.error),
  });
}

function isSame(droplet: Droplet, wanted: Enrolment): boolean {
  const keys = ['role', 'host', 'port', 'username', 'hostKey', 'keyName', 'probeUrl'] as const;
  return keys.every((key) => droplet[key] === wanted[key]);
}

function shown({ role, host, port, username, fingerprint, probeUrl }: Droplet): Record<string, unknown> {
  return { role, host, port, username, fingerprint, probeUrl };
}
