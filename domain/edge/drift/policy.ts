import { allowedActions, type TenantStatus } from '#domain/tenants/index.ts';
import { parseDocument } from '../document.ts';
import type { EdgeState } from '../types.ts';
import type { Drift } from './listings.ts';

/**
 * Why a finding cannot be adopted. deleted, mode, maps, foreign: it is no file that says something; unreadable: its bytes
 * are no store's document; other_store: it says that it is another store's; unknown_slug: no store has its name, and one
 * could; known_slug: its name belongs to somebody already; unlawful: no store can have its name; state: the state of the
 * store allows no change now.
 */
export type AdoptionBar =
  | 'deleted'
  | 'mode'
  | 'maps'
  | 'foreign'
  | 'unreadable'
  | 'other_store'
  | 'unknown_slug'
  | 'known_slug'
  | 'unlawful'
  | 'state';

/** Whose name a file bears: a store's of this status, nobody's but a possible one, or one that no store can have. */
export type NameOwner = { status: TenantStatus } | 'taken' | 'free' | 'unlawful';

/** Why this finding cannot become what its store is, or nothing when it can. */
export function barToAdoption(drift: Drift, owner: NameOwner): AdoptionBar | undefined {
  if (drift.kind !== 'edited' && drift.kind !== 'unknown') return drift.kind;
  const document = parseDocument(drift.found ?? '');
  if (!document) return 'unreadable';
  if (document.slug !== drift.name) return 'other_store';
  if (drift.kind === 'unknown') {
    if (owner === 'free') return 'unknown_slug';
    return owner === 'unlawful' ? 'unlawful' : 'known_slug';
  }
  return typeof owner === 'object' && allowedActions(owner.status).includes('edit') ? undefined : 'state';
}

/** Whether the edge's agent can take it back; what else lies in its folders is for a person on the machine. */
export function canRestore({ kind, name }: Pick<Drift, 'kind' | 'name'>): boolean {
  return kind !== 'foreign' || /^suspended\/[a-z0-9]+(-[a-z0-9]+)*\.json$/.test(name);
}

/** What the place holds by `<state>:<sha256>`; undefined for a place that holds no store's file. */
export function stateIn(token: string | undefined): EdgeState | undefined {
  const state = token?.split(':')[0];
  return state === 'live' || state === 'suspended' ? state : undefined;
}
