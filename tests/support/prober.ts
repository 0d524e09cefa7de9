import { getForHost } from '#platform/http/host-request.ts';

/** What a visitor got instead of the store that was asked for. */
export type Miss = {
  slug: string;
  /** 0 when there was no answer at all. */
  status: number;
  /** The status, the network's error, or whose page came instead. */
  saw: string;
  /** When it was asked for, in ms since the prober started. */
  atMs: number;
};

export type ProbeRecord = { asked: number; misses: Miss[] };

export type Prober = {
  /** Ends the asking once every store was asked for, waits for the answers that are still to come, and gives what was seen. */
  stop(): Promise<ProbeRecord>;
};

const TICK_MS = 20;
/** A forgotten prober ends by itself. */
const LONGEST_MS = 120_000;
/** Only a visitor who waits longer than this for an answer counts as turned away: a busy test machine is not an outage. */
const PATIENCE_MS = 15_000;
const AT_ONCE = 100;
/** After a stall of this process the rate is taken up again, not made up for at once. */
const PER_TICK = 4;

type Options = { slugs: readonly string[]; perSecond?: number };

/** Visitors of all of these stores, one after the other, at a steady rate, each on a connection of its own. */
export function startProber(edgeUrl: string, { slugs, perSecond = 50 }: Options): Prober {
  const startedMs = performance.now();
  const ended = new AbortController();
  const oneRound = Promise.withResolvers<void>();
  const misses: Miss[] = [];
  const open = new Set<Promise<void>>();
  let asked = 0;
  const visit = async (slug: string) => {
    const atMs = Math.round(performance.now() - startedMs);
    const seen = await look(edgeUrl, slug);
    if (seen) misses.push({ slug, atMs, ...seen });
  };
  const tick = () => {
    const sinceMs = performance.now() - startedMs;
    if (sinceMs > LONGEST_MS) ended.abort();
    const due = Math.floor((sinceMs / 1000) * perSecond) - asked;
    for (let n = 0; n < Math.min(due, PER_TICK) && open.size < AT_ONCE; n++) {
      const one: Promise<void> = visit(slugs[asked++ % slugs.length]!).finally(() => open.delete(one));
      open.add(one);
    }
    if (asked >= slugs.length) oneRound.resolve();
  };
  const timer = setInterval(tick, TICK_MS);
  ended.signal.addEventListener('abort', () => {
    clearInterval(timer);
    oneRound.resolve();
  });
  return {
    async stop() {
      await oneRound.promise;
      ended.abort();
      await Promise.all(open);
      return { asked, misses };
    },
  };
}

/** Nothing when the store itself answered. */
async function look(edgeUrl: string, slug: string): Promise<Pick<Miss, 'status' | 'saw'> | undefined> {
  const { signal } = new AbortController();
  const options = { path: '/tenant.json', host: `${slug}.localhost`, timeoutMs: PATIENCE_MS, signal };
  try {
    const { status, body } = await getForHost(edgeUrl, options);
    if (status !== 200) return { status, saw: String(status) };
    return body.includes(`"slug":"${slug}"`) ? undefined : { status, saw: body.slice(0, 100) };
  } catch (error) {
    return { status: 0, saw: (error as NodeJS.ErrnoException).code ?? (error as Error).name };
  }
}
