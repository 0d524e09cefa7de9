import { z } from 'zod';
import {
  DROPLET_ROLES,
  dropletFields,
  nextToExpire,
  type DropletReport,
  type InventoryLine,
  type KnownKey,
} from '#domain/droplets/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const newDroplet = inputObject({
  name: dropletFields.name.meta({ example: 'edge-1' }),
  role: dropletFields.role,
  host: dropletFields.host.meta({ description: 'Its private address.', example: '10.0.0.1' }),
  port: dropletFields.port.default(22),
  user: dropletFields.username.meta({ description: 'The account that is bound to the agent.' }),
  key_name: dropletFields.keyName.optional().meta({
    description:
      'File of the private key where the ops worker runs; the name of the droplet when left out. Made when missing.',
  }),
  probe_url: dropletFields.probeUrl
    .optional()
    .meta({ description: 'Where an edge answers HTTP; an edge must have one.' }),
  fingerprint: z
    .string()
    .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, { error: 'Send it as ssh-keygen prints it: SHA256 and 43 characters.' })
    .optional()
    .meta({
      description: 'What the machine says of its own host key. Left out, nothing is enrolled: 409 tells what it shows.',
    }),
}).meta({ id: 'NewDroplet' });

export const newRun = inputObject({
  verb: z.string().meta({ example: 'logs', description: 'A verb of the agent that may be run by hand.' }),
  args: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ example: { log: 'error', lines: 100 } }),
}).meta({ id: 'NewRun' });

export const jobAnswer = z.object({ job: jobSchema }).meta({ id: 'JobAnswer' });
export const retired = z.object({ name: z.string(), retired: z.literal(true) }).meta({ id: 'RetiredDroplet' });

const figures = z.object({
  as_of: moment,
  load_per_core: z.number().nullable(),
  memory_used: z.number().nullable().meta({ description: 'Between 0 and 1, like `disk_used`; null is unknown.' }),
  disk_used: z.number().nullable(),
  clock_skew_ms: z.int().nullable().meta({ description: 'How far its clock is ahead of ours; behind is negative.' }),
  agent_version: z.string().nullable(),
  nginx: z.string().nullable(),
});

const connection = z.object({
  as_of: moment,
  state: z.enum(['idle', 'connecting', 'open', 'failing', 'resting']),
  running: z.int(),
  waiting: z.int(),
  failures: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  retry_at: moment.nullable(),
});

export const dropletSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(DROPLET_ROLES),
    host: z.string(),
    port: z.int(),
    user: z.string(),
    key_name: z.string(),
    fingerprint: z.string().meta({ description: 'SHA256 of the pinned host key.' }),
    probe_url: z.string().nullable(),
    status: z.enum(['enrolled', 'reachable', 'unreachable', 'host_key_changed']),
    verdict: z.object({ word: z.enum(['ok', 'warn', 'stopped', 'failed', 'unknown']), reasons: z.array(z.string()) }),
    failures: z.int(),
    last_seen_at: moment.nullable(),
    last_error: z.string().nullable(),
    enrolled_at: moment,
    enrolled_by: z.string(),
    figures: figures.nullable().meta({ description: 'Null when the machine never told any.' }),
    certificate_expires_at: moment.nullable(),
    connection: connection.nullable().meta({ description: 'As the ops worker last told it.' }),
  })
  .meta({ id: 'Droplet' });

export function toDropletJson({ droplet, facts, connections, verdict }: InventoryLine): z.input<typeof dropletSchema> {
  const { id, name, role, host, port, status, failures, fingerprint } = droplet;
  const address = { id, name, role, host, port, user: droplet.username, key_name: droplet.keyName, fingerprint };
  const health = { status, verdict, failures };
  const soonest = facts.certificates?.known ? nextToExpire(facts.certificates.value) : undefined;
  return {
    ...address,
    probe_url: droplet.probeUrl ?? null,
    ...health,
    last_seen_at: iso(droplet.lastSeenAt),
    last_error: droplet.lastError ?? null,
    enrolled_at: droplet.enrolledAt.toISOString(),
    enrolled_by: droplet.enrolledBy,
    figures: toFiguresJson(facts.status),
    certificate_expires_at: iso(soonest?.expiresAt),
    connection: toConnectionJson(connections[0]),
  };
}

function toFiguresJson(status: InventoryLine['facts']['status']): z.input<typeof figures> | null {
  if (!status) return null;
  const { loadPerCore, memoryUsed, diskUsed, agentVersion, nginx } = status.figures;
  return {
    as_of: status.asOf.toISOString(),
    load_per_core: loadPerCore ?? null,
    memory_used: memoryUsed ?? null,
    disk_used: diskUsed ?? null,
    clock_skew_ms: status.skew?.skewMs ?? null,
    agent_version: agentVersion ?? null,
    nginx: nginx ?? null,
  };
}

function toConnectionJson(it: InventoryLine['connections'][number] | undefined): z.input<typeof connection> | null {
  if (!it) return null;
  const { state, running, waiting, failures, error } = it;
  const told = { state, running, waiting, failures, error: error ?? null };
  return { as_of: it.asOf.toISOString(), ...told, retry_at: iso(it.retryAt) };
}

export const rotationSchema = z
  .object({
    state: z.enum(['none', 'making', 'made', 'verified', 'switching', 'finished', 'abandoned']),
    key_name: z.string(),
    public_key: z
      .string()
      .nullable()
      .meta({ description: 'Of the key in use; null until the ops worker has told it.' }),
    new_key_name: z.string().nullable(),
    new_public_key: z.string().nullable().meta({ description: 'To be installed beside the one in use.' }),
    problem: z.string().nullable(),
  })
  .meta({ id: 'KeyRotation' });

export function toRotationJson({ droplet, key, rotation, newKey }: DropletReport): z.input<typeof rotationSchema> {
  const line = (it: KnownKey | undefined) => it?.publicKey ?? null;
  return {
    state: rotation?.state ?? 'none',
    key_name: droplet.keyName,
    public_key: line(key),
    new_key_name: rotation && !rotation.endedAt ? rotation.newKeyName : null,
    new_public_key: line(newKey),
    problem: rotation?.problem ?? null,
  };
}

const iso = (at: Date | undefined) => at?.toISOString() ?? null;
