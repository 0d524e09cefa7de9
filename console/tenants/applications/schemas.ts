import { z } from 'zod';
import {
  FILE_FORMATS,
  LINE_ACTIONS,
  LINE_CHOICES,
  LINE_STATES,
  type Application,
  type ApplicationLine,
} from '#domain/applications/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment, pageOf, pageQuery } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';

export const newApplication = inputObject({
  format: z.enum(FILE_FORMATS).meta({ description: 'JSON is YAML.' }),
  content: z.string({ error: 'Send the text of the file.' }).meta({
    description: 'The file: at most 2,000 stores and 2 MB.',
    example: 'slug,name,admin_name,admin_email\nacme,Acme Materiais,Maria,maria@acme.com.br\n',
  }),
}).meta({ id: 'NewTenantApplication' });

export const applicationConfirmation = inputObject({
  reason: z.string().trim().max(300, { error: 'Say why, in at most 300 characters.' }).optional(),
}).meta({ id: 'TenantApplicationConfirmation' });

const howMany = z.int();

export const applicationSchema = z
  .object({
    id: z.uuid(),
    format: z.enum(FILE_FORMATS),
    created_by: z.string(),
    created_at: moment,
    confirmed_at: moment.nullable(),
    job_id: z.uuid().nullable(),
    create: howMany.meta({ description: 'Stores that are not there yet.' }),
    update: howMany.meta({ description: 'Stores that differ from the file.' }),
    unchanged: howMany,
    refused: howMany.meta({ description: 'Lines that are left out; each says why.' }),
    states: z
      .object({ planned: howMany, in_progress: howMany, done: howMany, failed: howMany, changed: howMany })
      .meta({ description: 'Where the lines to create and to update are; a store is done once its own job is.' }),
  })
  .meta({ id: 'TenantApplication' });

export const applicationLineSchema = z
  .object({
    position: z.int().meta({ description: 'From 1, in the file’s order.' }),
    line: z.int(),
    slug: z.string(),
    tenant_id: z.uuid().nullable(),
    action: z.enum(LINE_ACTIONS),
    changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string() }))
      .meta({ description: 'Why it is refused, and what to write instead.' }),
    admin_kept: z.boolean().meta({ description: 'It names another first user; a file does not change that.' }),
    state: z.enum(LINE_STATES),
    error: z.object({ code: z.string(), message: z.string() }).nullable().meta({
      description: 'Why it was not done, or was left alone because the store had changed since.',
    }),
    job_id: z.uuid().nullable().meta({ description: 'The store’s own job.' }),
  })
  .meta({ id: 'TenantApplicationLine' });

export const plannedApplication = z
  .object({ application: applicationSchema, lines: pageOf(applicationLineSchema) })
  .meta({ id: 'PlannedTenantApplication', description: 'Nothing was done yet. The first lines are here.' });

export const acceptedApplication = z
  .object({ application: applicationSchema, job: jobSchema })
  .meta({ id: 'AcceptedTenantApplication' });

export const lineQuery = pageQuery.extend({
  which: z.enum(LINE_CHOICES).default('all').meta({
    description: 'problems: refused, failed, or left alone because the store had changed.',
  }),
});

export function toApplicationJson(application: Application): z.input<typeof applicationSchema> {
  return {
    id: application.id,
    format: application.format,
    created_by: application.createdBy,
    created_at: application.createdAt.toISOString(),
    confirmed_at: application.confirmedAt?.toISOString() ?? null,
    job_id: application.jobId ?? null,
    ...application.counts,
    states: application.states,
  };
}

export function toLineJson(line: ApplicationLine): z.input<typeof applicationLineSchema> {
  const { errorCode: code, errorMessage: message } = line;
  return {
    position: line.position,
    line: line.line,
    slug: line.slug,
    tenant_id: line.tenantId ?? null,
    action: line.action,
    changes: line.changes,
    errors: line.faults.map(({ field, code: faultCode, message: words }) => ({
      field,
      code: faultCode,
      message: words,
    })),
    admin_kept: line.adminKept,
    state: line.state,
    error: code === undefined ? null : { code, message: message ?? '' },
    job_id: line.storeJobId ?? null,
  };
}
