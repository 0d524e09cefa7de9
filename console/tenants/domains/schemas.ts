import { z } from 'zod';
import { proofsOf, tenantFields, type Domain } from '#domain/tenants/index.ts';
import { inputObject } from '#console/api/input-object.ts';
import { moment } from '#console/api/paging.ts';
import { jobSchema } from '#console/jobs/schemas.ts';
import { tenantParams } from '#console/tenants/schemas.ts';

export const newDomain = inputObject({ host: tenantFields.host.meta({ example: 'loja.exemplo.com.br' }) }).meta({
  id: 'NewDomain',
});

export const domainParams = tenantParams.extend({
  host: z.string().meta({ description: 'A host name of the store.' }),
});

export const domainSchema = z
  .object({
    host: z.string(),
    status: z.enum(['pending', 'verified']),
    proof: z
      .object({
        dns: z.object({ name: z.string(), value: z.string() }),
        http: z.object({ url: z.string(), body: z.string() }),
      })
      .meta({ description: 'Either shows that the host is the store’s: a TXT record, or a page.' }),
    added_by: z.string(),
    created_at: moment,
    checked_at: moment.nullable(),
    check_error: z.string().nullable().meta({ description: 'What was seen instead of the proof.' }),
    verified_at: moment.nullable(),
    verified_by: z.enum(['dns', 'http']).nullable(),
    served_at: moment.nullable().meta({ description: 'When every edge was seen serving the store under it.' }),
  })
  .meta({ id: 'Domain' });

/** A change that needs a job only when the edges know of the domain. */
export const domainChange = z.object({ domain: domainSchema, job: jobSchema.nullable() }).meta({ id: 'DomainChange' });

export function toDomainJson(domain: Domain): z.input<typeof domainSchema> {
  return {
    host: domain.host,
    status: domain.status,
    proof: proofsOf(domain),
    added_by: domain.addedBy,
    created_at: domain.createdAt.toISOString(),
    checked_at: domain.checkedAt?.toISOString() ?? null,
    check_error: domain.checkError ?? null,
    verified_at: domain.verifiedAt?.toISOString() ?? null,
    verified_by: domain.verifiedBy ?? null,
    served_at: domain.servedAt?.toISOString() ?? null,
  };
}
