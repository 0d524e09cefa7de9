import { z } from 'zod';

const color = z.string().regex(/^#[0-9a-f]{6}$/);
const tenantOnly = z.object({ tenantId: z.uuid() });
const publication = tenantOnly.extend({ reason: z.string().min(1) });

/** As the agent takes them; platform/ssh sends no others. */
const agentWord = z.string().regex(/^[a-z0-9._:-]{1,128}$/);
const dropletOnly = z.object({ dropletId: z.uuid() });

const PUBLISH_STEPS = ['render_document', 'publish_to_edge', 'probe_edge'] as const;

/**
 * Every kind of durable job: what its payload must be, and the steps an operator sees before it starts. The code behind a
 * kind is in workers/ops; a test holds the two together. A payload is stored and shown, so it never holds a secret in
 * clear: the first password travels as an argon2id hash.
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
    steps: ['reserve_slug', 'create_records', ...PUBLISH_STEPS, 'mark_live'],
  },
  'tenant.publish': { payload: publication, steps: PUBLISH_STEPS },
  'tenant.suspend': { payload: publication, steps: PUBLISH_STEPS },
  'tenant.resume': { payload: publication, steps: [...PUBLISH_STEPS, 'mark_live'] },
  'droplet.run': {
    payload: dropletOnly.extend({ verb: agentWord, args: z.array(agentWord).max(8) }),
    steps: ['run_verb'],
  },
  'droplet.make_key': { payload: dropletOnly.extend({ keyName: agentWord }), steps: ['make_key'] },
  'droplet.verify_key': { payload: dropletOnly.extend({ rotationId: z.uuid() }), steps: ['verify_key'] },
  'droplet.switch_key': {
    payload: dropletOnly.extend({ rotationId: z.uuid() }),
    steps: ['switch_key', 'use_key', 'delete_old_key'],
  },
  'droplet.drop_key': { payload: dropletOnly.extend({ keyName: agentWord }), steps: ['delete_key'] },
} as const satisfies Record<string, { payload: z.ZodObject; steps: readonly string[] }>;

export type JobKind = keyof typeof JOB_KINDS;
/** What a caller writes. */
export type JobInput<K extends JobKind> = z.input<(typeof JOB_KINDS)[K]['payload']>;
/** What a handler reads. */
export type JobPayload<K extends JobKind> = z.output<(typeof JOB_KINDS)[K]['payload']>;
