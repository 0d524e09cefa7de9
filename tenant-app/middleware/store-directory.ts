import type { Context } from '#platform/context.ts';
import { findStoreEntry, loadStore, type Store } from '#domain/construction/store/index.ts';

export type StoreDirectory = { find(slug: string): Promise<Store | undefined> };

/** A suspension or a change of settings reaches each process within this time; the edge stops a suspended store at once. */
const FRESH_MS = 15_000;
const MAX_STORES = 1000;

/**
 * Stores by slug, remembered for a short while. Only live ones: a store that was just resumed or finished must open
 * without delay, and unknown slugs must not fill the memory.
 */
export function createStoreDirectory(ctx: Context): StoreDirectory {
  const known = new Map<string, { store: Store; until: number }>();
  return {
    async find(slug) {
      const now = ctx.clock.now().getTime();
      const remembered = known.get(slug);
      if (remembered && remembered.until > now) return remembered.store;
      known.delete(slug);
      const entry = await findStoreEntry(ctx, slug);
      if (!entry) return undefined;
      const store = await loadStore(ctx, entry);
      if (known.size >= MAX_STORES) known.delete(known.keys().next().value!);
      if (store.status === 'live') known.set(slug, { store, until: now + FRESH_MS });
      return store;
    },
  };
}
