import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Branding, Tenant } from '#domain/tenants/index.ts';
import type { EdgeState } from './types.ts';

const color = z.string().regex(/^#[0-9a-f]{6}$/);

/**
 * `/tenant.json`: what the public, the login page and the probe may know of a store. Strict, because a field too many here
 * is a field published to everybody.
 */
const tenantDocumentSchema = z.strictObject({
  slug: z.string().regex(/^[a-z0-9](-?[a-z0-9]){2,39}$/),
  name: z.string().min(1).max(120),
  status: z.enum(['live', 'suspended']),
  revision: z.number().int().positive(),
  logo_url: z.string().max(500).nullable(),
  primary_color: color,
  secondary_color: color,
  features: z.record(z.string(), z.boolean()),
  locale: z.string().min(2),
  currency: z.string().length(3),
  timezone: z.string().min(1),
  theme_version: z.number().int().positive(),
});

export type TenantDocument = z.infer<typeof tenantDocumentSchema>;

type Source = { tenant: Tenant; branding: Branding; slug: string; state: EdgeState };

/** The store's public document under a revision, not yet checked. */
export function draftDocument({ tenant, branding, slug, state }: Source, revision: number): TenantDocument {
  return {
    slug,
    name: tenant.name,
    status: state,
    revision,
    logo_url: branding.logoUrl,
    primary_color: branding.primaryColor,
    secondary_color: branding.secondaryColor,
    features: sorted(branding.features),
    locale: tenant.locale,
    currency: tenant.currency,
    timezone: tenant.timezone,
    theme_version: branding.themeVersion,
  };
}

/** What is wrong with a document, naming its bad fields, or nothing. */
export function documentFault(document: TenantDocument): string | undefined {
  const parsed = tenantDocumentSchema.safeParse(document);
  if (parsed.success) return undefined;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  return `The tenant JSON of ${document.slug} is not valid: ${fields}.`;
}

/** The document in these bytes, or nothing when they are none of ours. */
export function parseDocument(text: string): TenantDocument | undefined {
  try {
    return tenantDocumentSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: no document.
    return undefined;
  }
}

/** One document, one text: the same content always has the same bytes, and so the same hash. */
export function documentText(document: TenantDocument): string {
  return JSON.stringify(document);
}

/** Lower-case hexadecimal, as the agent compares it. */
export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Hash of everything but the revision: two documents that say the same have it in common. */
export function contentHash(document: TenantDocument): string {
  const { revision: _revision, ...content } = document;
  return sha256(JSON.stringify(content));
}

function sorted(features: Record<string, boolean>): Record<string, boolean> {
  return Object.fromEntries(Object.entries(features).sort(([a], [b]) => (a < b ? -1 : 1)));
}
