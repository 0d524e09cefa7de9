import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '#platform/log/index.ts';
import { createSshPool } from '#platform/ssh/index.ts';
import { putCommand, sha256 } from '#tests/support/edge-requests.ts';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { survive, type Fault } from './surviving.ts';

const fileOf = (lab: FaultLab, slug: string) => join(lab.edge.tenantsDir, `${slug}.json`);

/** As the operator does who sees on the Edge page what the place holds. */
const restore = async (lab: FaultLab, slug: string) => {
  const bytes = await readFile(fileOf(lab, slug)).catch(() => undefined);
  const finding = bytes
    ? { kind: 'edited' as const, actual: `live:${sha256(bytes)}` }
    : { kind: 'deleted' as const, actual: 'absent' };
  const job = await lab.finished(await lab.restore([{ name: slug, ...finding }]));
  assert.equal(job.status, 'succeeded', job.errorMessage);
};

const byHand =
  (slug: string, change: (file: string) => Promise<unknown>, clear = false) =>
  async (lab: FaultLab) => {
    const file = fileOf(lab, slug);
    await change(file);
    return async () => {
      if (clear) await rm(file, { recursive: true });
      await restore(lab, slug);
    };
  };

/** Another console, with the right key and a database that knows nothing of ours. */
const byAnotherConsole = (slug: string) => async (lab: FaultLab) => {
  const { edge } = lab;
  const ssh = createSshPool({ keysDir: edge.keysDir, log: silentLogger });
  await ssh.run(edge.sshTarget, putCommand(slug, 'live', { name: 'of another console', revision: 1 }));
  await ssh.stop();
  return () => restore(lab, slug);
};

const edit = async (file: string) =>
  writeFile(file, (await readFile(file, 'utf8')).replace('"name":"', '"name":"By hand '));
const remove = (file: string) => rm(file);
const replaceByFolder = async (file: string) => {
  await rm(file);
  await mkdir(file);
};
const replaceByLink = async (file: string) => {
  await rm(file);
  await symlink('bravo.json', file);
};

const ofAcme: Pick<Fault, 'publishes' | 'ends' | 'isDrift'> = {
  publishes: 'acme',
  ends: { code: 'edge_drifted', says: /acme was changed on edge-1 by hand; nothing was overwritten/ },
  isDrift: true,
};
const ofDelta: Pick<Fault, 'publishes' | 'ends' | 'alerts' | 'isDrift'> = {
  publishes: 'all',
  ends: { withoutStores: ['delta'] },
  alerts: ['delta could not be published'],
  isDrift: true,
};

const FAULTS: Fault[] = [
  { what: 'a file that somebody edited', ...ofAcme, break: byHand('acme', edit) },
  { what: 'one file of many that somebody edited', ...ofDelta, break: byHand('delta', edit) },
  { what: 'a file that somebody deleted', ...ofAcme, spoils: 'acme', break: byHand('acme', remove) },
  { what: 'one file of many that somebody deleted', ...ofDelta, spoils: 'delta', break: byHand('delta', remove) },
  { what: 'a folder in a file’s place', ...ofAcme, spoils: 'acme', break: byHand('acme', replaceByFolder, true) },
  { what: 'one link in a file’s place', ...ofDelta, spoils: 'delta', break: byHand('delta', replaceByLink, true) },
  { what: 'a file of another console', ...ofAcme, break: byAnotherConsole('acme') },
  { what: 'one file of many of another console', ...ofDelta, break: byAnotherConsole('delta') },
  {
    what: 'files that another console’s agent left half done',
    publishes: 'all',
    async break(lab) {
      const { edge } = lab;
      await mkdir(join(edge.dir, 'previous/open.new/again'), { recursive: true });
      await mkdir(join(edge.dir, 'previous/gone'), { recursive: true });
      await writeFile(join(edge.dir, 'previous/open.new/changes'), 'acme live:');
      await writeFile(join(edge.dir, 'staging/acme.json'), '{"slug":"ac');
      return () => rm(join(edge.dir, 'staging/acme.json'));
    },
    ends: 'well',
  },
];

describe('somebody else is at the edge’s disk', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  before(async () => {
    lab = await openFaultLab();
  });
  after(() => lab?.close());

  for (const fault of FAULTS) it(`survives ${fault.what}`, () => survive(lab, fault));
});
