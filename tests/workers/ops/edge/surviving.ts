import assert from 'node:assert/strict';
import { retryJob } from '#domain/jobs/index.ts';
import { OWN_DOMAIN, type FaultLab } from '#tests/support/fault-lab.ts';
import { startProber, type Miss, type ProbeRecord } from '#tests/support/prober.ts';

/** A way in which a publication can go wrong, and what becomes of it. */
export type Fault = {
  what: string;
  /** Of acme alone, of every store, or of a new address for acme, which needs a reload. */
  publishes: 'acme' | 'all' | 'maps';
  /** Files of some 10 kB, so that they are sent in several pieces. */
  isLarge?: true;
  /** Breaks something; the function that it gives mends that. */
  break(lab: FaultLab): Promise<() => Promise<void>>;
  /** What happens once the publication was asked for. */
  meanwhile?(lab: FaultLab, jobId: string): Promise<void>;
  /** The job fails with this code and words, names these stores and publishes the others, or is not held up at all. */
  ends: { code: string; says?: RegExp } | { withoutStores: string[] } | 'well';
  /** The titles of all alerts that are open then. */
  alerts?: string[];
  /** Whose visitors alone get something else meanwhile, since the fault spoils the file itself. */
  spoils?: string;
  /** The watch over the disk may see it as well; it looks once a minute. */
  isDrift?: true;
  /** Nobody can be served while nginx is down; all the same nobody may get anything wrong. */
  stopsNginx?: true;
};

const DRIFT = 'edge-1 holds something that was not published';

let publications = 0;

/** Proves that the platform survives a fault: everybody is served, the console says what is so, and it heals. */
export async function survive(lab: FaultLab, fault: Fault): Promise<void> {
  const publication = { name: `Name ${++publications}`, host: `www-${publications}.acme.example` };
  const prober = startProber(lab.edge.url, { slugs: lab.slugs });
  let seen: ProbeRecord;
  try {
    const jobId = await whileBroken(lab, fault, publication);
    await heal(lab, fault, jobId);
  } finally {
    seen = await prober.stop();
  }
  await assertPublished(lab, fault, publication);
  const misses = seen.misses.filter((miss) => !isExpected(fault, miss));
  assert.deepEqual(misses, []);
  assert.ok(seen.asked >= lab.slugs.length, `${seen.asked} visitors`);
  await assertRestart(lab);
}

async function whileBroken(lab: FaultLab, fault: Fault, publication: Names): Promise<string> {
  const mend = await fault.break(lab);
  try {
    const jobId = await publish(lab, fault, publication);
    await fault.meanwhile?.(lab, jobId);
    await assertEnd(lab, fault, { jobId, ...publication });
    // That nginx is down, nobody knows of the stores that nobody looked at meanwhile.
    await assertTruth(lab, fault.stopsNginx ? publishedBy(lab, fault) : lab.slugs);
    return jobId;
  } finally {
    await mend();
  }
}

type Names = { name: string; host: string };

const MANY_FEATURES = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`feature-${n}`, true]));

function publish(lab: FaultLab, { publishes, isLarge }: Fault, { name, host }: Names): Promise<string> {
  if (publishes === 'acme') return lab.rename('acme', `${name} acme`);
  return publishes === 'all' ? lab.renameAll(name, isLarge ? MANY_FEATURES : {}) : lab.addDomain('acme', host);
}

async function assertEnd(lab: FaultLab, fault: Fault, { jobId, name, host }: Names & { jobId: string }): Promise<void> {
  const job = await lab.finished(jobId);
  const { ends } = fault;
  const [status, code] = typeof ends === 'object' && 'code' in ends ? ['failed', ends.code] : ['succeeded', undefined];
  const cancelled = code === 'job_cancelled' ? 'cancelled' : status;
  assert.deepEqual([job.status, job.errorCode], [cancelled, code], job.errorMessage);
  if (typeof ends === 'object' && 'says' in ends && ends.says) assert.match(job.errorMessage ?? '', ends.says);
  const alerts = (await lab.openAlerts()).filter((title) => !fault.isDrift || title !== DRIFT);
  assert.deepEqual(alerts, (fault.alerts ?? []).toSorted());
  await assertRevisions(lab, jobId, ends);
  const left = typeof ends === 'object' && 'withoutStores' in ends ? ends.withoutStores : [];
  if (status === 'failed' || fault.stopsNginx) return;
  if (fault.publishes === 'maps') assert.equal((await lab.served(host))?.slug, 'acme');
  for (const slug of publishedBy(lab, fault))
    assert.equal((await lab.served(`${slug}.localhost`))?.name === `${name} ${slug}`, !left.includes(slug), slug);
}

const publishedBy = (lab: FaultLab, { publishes }: Fault) => ({ acme: ['acme'], all: lab.slugs, maps: [] })[publishes];

async function assertRevisions(lab: FaultLab, jobId: string, ends: Fault['ends']): Promise<void> {
  const revisions = await lab.ctx.db('platform.edge_revisions').where({ job_id: jobId });
  const outcomes = revisions.map((revision) => revision.outcome as string);
  if (ends === 'well') return assert.deepEqual(new Set(outcomes), new Set(['confirmed']));
  if ('withoutStores' in ends) return assert.deepEqual(outcomes, ['partial']);
  assert.ok(!outcomes.includes('confirmed') && !outcomes.includes('partial'), outcomes.join());
  const failedMaps = revisions.filter(({ kind, outcome }) => kind === 'maps' && outcome === 'failed');
  const isRefusal = ends.code === 'edge_configuration_broken';
  for (const { error_code: code } of failedMaps) assert.equal(code, isRefusal ? 'edge_maps_refused' : ends.code);
}

/** The console shows a store as confirmed by what it knows of the edges: then that must be what visitors see. */
async function assertTruth(lab: FaultLab, slugs: readonly string[] = lab.slugs): Promise<void> {
  const believed = await lab.ctx
    .db('platform.edge_files')
    .whereNotNull('confirmed_at')
    .whereIn('slug', slugs)
    .select<{ slug: string; revision: string }[]>('slug', 'revision');
  for (const { slug, revision } of believed)
    assert.equal((await lab.served(`${slug}.localhost`))?.revision, Number(revision), `what is said of ${slug}`);
  const states = await lab.ctx.db('platform.tenants').distinct('status').pluck('status');
  assert.deepEqual(states, ['live'], 'a store that cannot be changed is no less live');
}

/** As an operator would: tries the failed job again, or publishes once more what was left out. */
async function heal(lab: FaultLab, { ends }: Fault, jobId: string): Promise<void> {
  if (ends === 'well') return;
  if ('code' in ends) await retryJob(lab.ctx, jobId);
  const again = 'code' in ends ? jobId : await lab.publishAll();
  const job = await lab.finished(again);
  assert.equal(job.status, 'succeeded', job.errorMessage);
}

async function assertPublished(lab: FaultLab, fault: Fault, { name, host }: Names): Promise<void> {
  for (const slug of publishedBy(lab, fault))
    assert.equal((await lab.served(`${slug}.localhost`))?.name, `${name} ${slug}`);
  if (fault.publishes === 'maps') assert.equal((await lab.served(host))?.slug, 'acme');
  await assertTruth(lab);
  assert.deepEqual(await lab.openAlerts(), []);
  const open = await lab.ctx
    .db('platform.edge_revision_files')
    .whereIn('outcome', ['pending', 'sent'])
    .select('slug', 'revision', 'outcome');
  assert.deepEqual(open, [], 'nothing is left open');
}

const isExpected = ({ spoils, stopsNginx }: Fault, { slug, saw }: Miss) =>
  slug === spoils || (stopsNginx === true && /^ECONNRE(FUSED|SET)$/.test(saw));

/** What the fault left on the disk must not be what nginx stumbles over at its next start, which may be months later. */
async function assertRestart(lab: FaultLab): Promise<void> {
  const before = await servedBy(lab);
  await lab.edge.stopNginx();
  await lab.edge.startNginx();
  const after = await servedBy(lab);
  assert.deepEqual(after, before);
  assert.ok(after.every((document) => document !== undefined), 'everybody is served'); // prettier-ignore
}

function servedBy(lab: FaultLab) {
  const hosts = [...lab.slugs.map((slug) => `${slug}.localhost`), OWN_DOMAIN];
  return Promise.all(hosts.map((host) => lab.served(host)));
}
