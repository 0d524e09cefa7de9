import type { Context } from '#platform/context.ts';
import { countUsersOfKey, getDroplet, listDroplets } from './listings.ts';
import { findKey, findRotation } from './keys/listings.ts';
import type { KeyRotation, KnownKey } from './keys/types.ts';
import { findFacts, listConnections, listFacts, listSamples, NOTHING } from './looks/listings.ts';
import type { Connection, DropletFacts, Sample } from './looks/types.ts';
import { judgeDroplet, type DropletVerdict } from './policy.ts';
import type { Droplet } from './types.ts';

const TREND_MS = 24 * 3_600_000;

/** A machine, what is known of it, and whether that is well. Everything here comes from the database: no page waits on SSH. */
export type InventoryLine = {
  droplet: Droplet;
  facts: DropletFacts;
  /** What the ops workers say of their connections to it, the latest first. */
  connections: Connection[];
  /** A day of samples, oldest first. */
  samples: Sample[];
  verdict: DropletVerdict;
};

/** Every enrolled machine, by name. */
export async function readInventory(ctx: Context): Promise<InventoryLine[]> {
  const [droplets, facts, connections, samples] = await Promise.all([
    listDroplets(ctx),
    listFacts(ctx),
    listConnections(ctx),
    listSamples(ctx, dayAgo(ctx)),
  ]);
  return droplets.map((droplet) =>
    toLine(ctx, droplet, {
      facts: facts.get(droplet.id) ?? NOTHING,
      connections: connections.get(droplet.id) ?? [],
      samples: samples.get(droplet.id) ?? [],
    }),
  );
}

/** One machine, with the key that we log in to it with. */
export type DropletReport = InventoryLine & {
  /** Undefined until the ops worker has told its public half. */
  key: KnownKey | undefined;
  /** How many machines we log in to with this key. */
  keyUsers: number;
  /** The change of the key that is under way, or the last one. */
  rotation: KeyRotation | undefined;
  /** The public half of the new key, while a change is under way. */
  newKey: KnownKey | undefined;
};

/** Throws NotFound `droplet_not_found`. */
export async function readDroplet(ctx: Context, name: string): Promise<DropletReport> {
  const droplet = await getDroplet(ctx, name);
  const [facts, connections, samples, key, keyUsers, rotation] = await Promise.all([
    findFacts(ctx, droplet.id),
    listConnections(ctx),
    listSamples(ctx, dayAgo(ctx), droplet.id),
    findKey(ctx, droplet.keyName),
    countUsersOfKey(ctx, droplet.keyName),
    findRotation(ctx, droplet.id),
  ]);
  const known = { facts, connections: connections.get(droplet.id) ?? [], samples: samples.get(droplet.id) ?? [] };
  const newKey = rotation && !rotation.endedAt ? await findKey(ctx, rotation.newKeyName) : undefined;
  return { ...toLine(ctx, droplet, known), key, keyUsers, rotation, newKey };
}

type Known = Pick<InventoryLine, 'facts' | 'connections' | 'samples'>;

function toLine({ clock }: Context, droplet: Droplet, known: Known): InventoryLine {
  const { status, certificates, shell } = known.facts;
  const seen = {
    figures: status?.figures,
    asOf: status?.asOf,
    skew: status?.skew,
    certificates: certificates?.known ? certificates.value : undefined,
    shellRefused: shell?.refused,
  };
  return { droplet, ...known, verdict: judgeDroplet(droplet, seen, clock.now()) };
}

function dayAgo({ clock }: Context): Date {
  return new Date(clock.now().getTime() - TREND_MS);
}
