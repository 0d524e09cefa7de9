import { z } from 'zod';

const color = z.string().regex(/^#[0-9a-f]{6}$/);
const tenantOnly = z.object({ tenantId: z.uuid() });
const publication = tenantOnly.extend({ reason: z.string().min(1) });

/** A batch of more is cut in two by whoever asks. */
const MAX_BATCH = 10_000;
const batch = z.object({ tenantIds: z.array(z.uuid()).min(1).max(MAX_BATCH), reason: z.string().min(1) });
const ofDroplet = z.object({ dropletId: z.uuid() });

/** As the agent takes them; platform/ssh sends no others. */
const agentWord = z.string().regex(/^[a-z0-9._:-]{1,128}$/);

const PUBLISH_STEPS = ['render_document', 'publish_to_edge', 'probe_edge'] as const;

/**
 * Every kind of durable job: what its payload must be, and the steps an operator sees before it starts. The code behind a
 * kind is in workers/ops; a test holds the two together. A payload is stored, so it never holds a secret in clear: the
 * first password travels as an argon2id hash. `secrets` are the fields that are erased when the job has succeeded.
 */
export const JOB_KINDS = {
  'tenant.provision': {
    payload: tenantOnly.extend({
      admin: z.object({ name: z.string().min(1), email: z.email() }),
      passwordHash: z.string().startsWith('$argon2id$'),
      /** False for a password that the person chose: only a made-up one must be replaced. */
      mustChangePassword: z.boolean().default(true),
      branding: z
        .object({
          logoUrl: z.string().nullable().exactOptional(),
          primaryColor: color.exactOptional(),
          secondaryColor: color.exactOptional(),
          features: z.record(z.string(), z.boolean()).exactOptional(),
        })
        .default({}),
      settings: z
        .object({
          quoteValidityDays: z.number().int().min(1).max(365).exactOptional(),
          maxDiscountPct: z.record(z.string(), z.number().min(0).max(100)).exactOptional(),
          salesSeeAll: z.boolean().exactOptional(),
          salesCanApprove: z.boolean().exactOptional(),
        })
        .default({}),
    }),
    secrets: ['passwordHash'],
    steps: ['reserve_slug', 'create_records', ...PUBLISH_STEPS, 'mark_live'],
  },
  'tenant.publish': { payload: publication, steps: PUBLISH_STEPS },
  'tenant.suspend': { payload: publication, steps: PUBLISH_STEPS },
  'tenant.resume': { payload: publication, steps: [...PUBLISH_STEPS, 'mark_live'] },
  'tenant.rename': {
    payload: tenantOnly.extend({
      from: z.string(),
      to: z.string(),
      /** How long the old name leads to the new one. */
      aliasDays: z.number().int().min(1).max(3650),
    }),
    steps: [
      'reserve_new_name',
      'publish_new_name',
      'switch_name',
      'publish_maps',
      'withdraw_old_name',
      'probe_redirect',
      'finish_rename',
    ],
  },
  'tenant.archive': {
    payload: publication.extend({
      graceDays: z.number().int().min(0).max(3650),
      /** What to go back to when it cannot be archived. */
      from: z.enum(['live', 'suspended']),
      fromReason: z.string().optional(),
    }),
    steps: ['withdraw_from_edges', 'publish_maps', 'end_sessions'],
  },
  'tenant.restore': {
    payload: publication.extend({
      /** What to go back to when it cannot be restored. */
      archived: z.object({
        from: z.enum(['live', 'suspended']),
        at: z.iso.datetime(),
        deleteAfter: z.iso.datetime(),
        reason: z.string(),
      }),
    }),
    steps: ['put_back_on_edges', 'mark_restored', 'publish_maps'],
  },
  'tenant.delete': {
    payload: publication,
    steps: [
      'withdraw_from_edges',
      'drain_events',
      'export_data',
      'verify_export',
      'mark_deleted',
      'publish_maps',
      'erase_rows',
      'prove_nothing_left',
    ],
  },
  'tenant.publish_maps': {
    payload: publication,
    steps: ['publish_maps', 'probe_domains'],
  },
  'tenants.publish': { payload: batch, steps: PUBLISH_STEPS },
  'tenants.suspend': { payload: batch, steps: PUBLISH_STEPS },
  'tenants.resume': { payload: batch, steps: [...PUBLISH_STEPS, 'mark_live'] },
  'tenants.apply': { payload: z.object({ applicationId: z.uuid() }), steps: ['apply_lines'] },
  'edge.publish_maps': { payload: z.object({ reason: z.string().min(1) }), steps: ['publish_maps'] },
  'edge.restore': {
    payload: ofDroplet.extend({
      findings: z
        .array(
          z.object({
            kind: z.enum(['edited', 'deleted', 'mode', 'unknown', 'foreign', 'maps']),
            name: z.string(),
            /** What the place held when the operator saw it. */
            actual: z.string(),
          }),
        )
        .min(1),
    }),
    steps: ['restore_files'],
  },
  'edge.reload': { payload: ofDroplet.extend({ reason: z.string().min(1) }), steps: ['reload_nginx', 'probe_edge'] },
  'edges.reload': { payload: z.object({ reason: z.string().min(1) }), steps: ['reload_nginx', 'probe_edge'] },
  'droplet.run': {
    payload: ofDroplet.extend({ verb: agentWord, args: z.array(agentWord).max(8) }),
    steps: ['run_verb'],
  },
  'droplet.make_key': { payload: ofDroplet.extend({ keyName: agentWord }), steps: ['make_key'] },
  'droplet.verify_key': { payload: ofDroplet.extend({ rotationId: z.uuid() }), steps: ['verify_key'] },
  'droplet.switch_key': {
    payload: ofDroplet.extend({ rotationId: z.uuid() }),
    steps: ['switch_key', 'use_key', 'delete_old_key'],
  },
  'droplet.drop_key': { payload: ofDroplet.extend({ keyName: agentWord }), steps: ['delete_key'] },
} as const satisfies Record<string, JobKindDeclaration>;

type JobKindDeclaration = { payload: z.ZodObject; secrets?: readonly string[]; steps: readonly string[] };

export type JobKind = keyof typeof JOB_KINDS;
/** The fields of a kind's payload that nobody may find in a job that has succeeded; none for an unknown kind. */
export function secretsOf(kind: string): readonly string[] {
  const kinds: Partial<Record<string, JobKindDeclaration>> = JOB_KINDS;
  return kinds[kind]?.secrets ?? [];
}

/** What a caller writes. */
export type JobInput<K extends JobKind> = z.input<(typeof JOB_KINDS)[K]['payload']>;
/** What a handler reads. */
export type JobPayload<K extends JobKind> = z.output<(typeof JOB_KINDS)[K]['payload']>;
