import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LOCALES } from '#platform/http/i18n.ts';

const DEFAULT_PRIMARY = '#1a73e8';
const DEFAULT_SECONDARY = '#ea4335';

const color = z.string().regex(/^#[0-9a-f]{6}$/);

/**
 * What the login page needs of a store's `/tenant.json`. Colours end up in CSS and the logo in a page, so they are checked
 * again here; one that will not do falls back, since a store must be able to open with a wrong colour.
 */
const tenantFile = z.object({
  slug: z.string(),
  name: z.string().min(1).max(120),
  status: z.enum(['live', 'suspended']).catch('live'),
  logo_url: z
    .url({ protocol: /^https$/ })
    .nullable()
    .catch(null),
  primary_color: color.catch(DEFAULT_PRIMARY),
  secondary_color: color.catch(DEFAULT_SECONDARY),
  locale: z.enum(LOCALES).catch('pt-BR'),
  theme_version: z.number().int().catch(1),
});

/** A store as the edge's own disk knows it. */
export type TenantFile = z.output<typeof tenantFile>;

/** The edge has held the name to the slug law; this only keeps a path from leaving the folder. */
const FILE_SAFE = /^[a-z0-9-]{1,63}$/;

/** The published file of a store, or undefined when there is none or it is not about this store. */
export async function findTenantFile(directory: string, slug: string): Promise<TenantFile | undefined> {
  if (!FILE_SAFE.test(slug)) return undefined;
  const text = await readFile(join(directory, `${slug}.json`), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const file = tenantFile.parse(JSON.parse(text));
  return file.slug === slug ? file : undefined;
}

/** Resolves when the folder of published stores can be read. */
export async function checkTenantsDirectory(directory: string): Promise<void> {
  await access(directory, constants.R_OK);
}
