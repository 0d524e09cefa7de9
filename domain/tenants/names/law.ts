import type { Context } from '#platform/context.ts';
import { InvalidInput } from '#platform/errors.ts';
import { isSlugFree } from '../listings.ts';
import { checkSlug } from '../slug.ts';
import { slugTaken } from '../slug-taken.ts';

/**
 * Throws InvalidInput with the slug law's code, naming the field `slug`. Of a reserved name that is a store's already, the
 * seed's, Conflict `slug_taken`: that is the reason which tells more.
 */
export async function refuseUnlawful(
  ctx: Context,
  slug: string,
  { allowReserved = false }: { allowReserved?: boolean } = {},
): Promise<void> {
  const checked = checkSlug(slug);
  if (checked.ok || (allowReserved && checked.code === 'reserved')) return;
  if (checked.code === 'reserved' && !(await isSlugFree(ctx, slug))) throw slugTaken(slug);
  const { code, message } = checked;
  throw new InvalidInput(code, message, { fields: [{ path: 'slug', code, message }] });
}
