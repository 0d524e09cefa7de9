import type { GroupFacts } from '#domain/streams/status-types.ts';
import type { Sample, SampleWindow } from '#domain/streams/window.ts';

export const NOW = new Date('2027-03-01T12:00:00Z');
const STEP_MS = 5000;

/**
 * Readings 5 s apart, the newest at NOW: `published/processed`, with `:backlog` where it is not their difference, `*n` for n
 * alike, `-` for a hole. An event is as old as the first reading that had it.
 */
export function windowOf(text: string): Sample[] {
  const tokens = text
    .split(' ')
    .filter(Boolean)
    .flatMap((token) => Array.from({ length: Number(token.split('*')[1] ?? 1) }, () => token.split('*')[0]!));
  const samples: Sample[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token === '-') continue;
    const [published, processed, backlog] = token.split(/[/:]/).map(Number) as [number, number, number?];
    const at = new Date(NOW.getTime() - (tokens.length - 1 - index) * STEP_MS);
    const waits = backlog ?? published - processed;
    const since = waits > 0 ? samples.find((sample) => sample.published > processed)?.at : undefined;
    const oldestAgeMs = waits > 0 ? at.getTime() - (since ?? at).getTime() : undefined;
    samples.push({ at, published, processed, backlog: waits, oldestAgeMs });
  }
  return samples;
}

export type Said = Partial<Omit<GroupFacts, 'window' | 'now'>> & {
  /** What the newest reading says of its oldest event, in place of what the window shows. */
  age?: number | 'unknown';
  /** How much later than 5 s steps would have it the first reading was, in ms. */
  firstLaterMs?: number;
  /** How long ago the newest reading was. */
  readAgoMs?: number;
};

/** A living owner and nothing special, but for what is said. */
export function factsOf(window: string, { age, firstLaterMs = 0, readAgoMs = 0, ...facts }: Said = {}): GroupFacts {
  const samples = windowOf(window);
  const last = samples.length - 1;
  if (age !== undefined) samples[last] = { ...samples[last]!, oldestAgeMs: age === 'unknown' ? undefined : age };
  if (firstLaterMs) samples[0] = { ...samples[0]!, at: new Date(samples[0]!.at.getTime() + firstLaterMs) };
  return {
    window: samples satisfies SampleWindow,
    now: new Date(NOW.getTime() + readAgoMs),
    owner: { aliveMs: 2000, state: 'ok' },
    blockedKeys: 0,
    isLost: false,
    isReadable: true,
    ...facts,
  };
}
