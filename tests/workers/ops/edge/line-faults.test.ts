import assert from 'node:assert/strict';
import { chmod, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listEdges } from '#domain/droplets/index.ts';
import { requestCancel } from '#domain/jobs/index.ts';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { jobIn } from '#tests/support/ops.ts';
import { startProber } from '#tests/support/prober.ts';
import { survive, type Fault } from './surviving.ts';

/** Where a verb waits for the line to break. What it does after that, nobody hears. */
const PUT: Record<string, string> = {
  'before it has read its files': 'timeout() { reach; command timeout "$@"; }',
  'with the lock in its hands': 'flock() { command flock "$@" && reach; }',
  'before its first rename': 'mv() { [[ $2 != -t ]] || reach; command mv "$@"; }',
  'with all of it done': `sync() { command sync "$@" && { [[ $* != '-- previous' ]] || reach; }; }`,
};
const MAPS: Record<string, string> = {
  'before it has read them': 'timeout() { reach; command timeout "$@"; }',
  'between the new maps and the reload': 'mv() { command mv "$@" && { [[ $* != *maps/current ]] || reach; }; }',
};

const waitingIn = (verb: string, lines: string) => async (lab: FaultLab) => {
  await lab.gate.shut();
  await lab.edge.sabotageAgent(
    `${lab.gate.lines} if [[ "$SSH_ORIGINAL_COMMAND " == ${verb}\\ * ]]; then\n${lines}\nfi`,
  );
  return () => lab.edge.mendAgent();
};

const dropped = (publishes: Fault['publishes'], [where, lines]: [string, string]): Fault => {
  const verb = publishes === 'maps' ? 'maps' : 'put';
  return {
    what: `a line that breaks under ${verb} ${where}, for ${publishes}`,
    publishes,
    break: waitingIn(verb, lines),
    async meanwhile(lab) {
      await lab.gate.reached();
      lab.sshLine.drop();
      await lab.gate.open();
    },
    ends: 'well',
  };
};

const cut = (publishes: Fault['publishes'], [where, lines]: [string, string]): Fault => ({
  ...dropped(publishes, [where, lines]),
  what: `a line that stays cut ${where}, for ${publishes}`,
  async break(lab) {
    const mend = await waitingIn(publishes === 'maps' ? 'maps' : 'put', lines)(lab);
    return async () => {
      await mend();
      await lab.sshLine.mend();
      await lab.restartWorkers();
    };
  },
  async meanwhile(lab) {
    await lab.gate.reached();
    await lab.sshLine.cut();
    await lab.gate.open();
  },
  ends: { code: 'ssh_connect_failed', says: /Left behind: publish_to_edge: edge-1 .* cannot be reached/ },
  alerts: [`A failed job left something behind: ${publishes === 'all' ? '8 stores' : 'store acme'}`],
});

const FAULTS: Fault[] = [
  ...Object.entries(PUT).map((at) => dropped('acme', at)),
  ...Object.entries(PUT).slice(2).map((at) => dropped('all', at)), // prettier-ignore
  ...Object.entries(MAPS).map((at) => dropped('maps', at)),
  ...Object.entries(PUT).slice(2).map((at) => cut('acme', at)), // prettier-ignore
  ...Object.entries(PUT).slice(3).map((at) => cut('all', at)), // prettier-ignore
  {
    ...cut('maps', Object.entries(MAPS)[1]!),
    ends: { code: 'ssh_connect_failed', says: /^edge-1 .* cannot be reached: connect ECONNREFUSED [0-9.:]+$/ },
    alerts: [],
  },
  {
    what: 'a line that breaks in the middle of what is sent',
    publishes: 'all',
    isLarge: true,
    async break(lab) {
      lab.sshLine.dropAfter(40_000);
      return () => Promise.resolve();
    },
    ends: 'well',
  },
  {
    what: 'an sshd that does not run',
    publishes: 'acme',
    async break(lab) {
      await lab.edge.stopSshd();
      return async () => {
        await lab.edge.startSshd();
        await lab.restartWorkers();
      };
    },
    ends: { code: 'ssh_connect_failed' },
  },
  {
    what: 'a machine with another host key, to which nothing is sent',
    publishes: 'all',
    async break(lab) {
      const { edge } = lab;
      await edge.breakHostKey();
      const before = edge.sshdLog.length;
      return async () => {
        const logins = edge.sshdLog.slice(before).filter((line) => /Accepted|Failed|user /.test(line));
        assert.deepEqual(logins, []);
        await lab.enrol();
      };
    },
    ends: { code: 'ssh_host_key_changed', says: /Nothing was sent/ },
    alerts: ['edge-1 shows another host key than the pinned one'],
  },
  {
    what: 'a key of ours that is gone',
    publishes: 'acme',
    async break(lab) {
      const key = join(lab.edge.keysDir, 'edge');
      await rename(key, `${key}-away`);
      await lab.restartWorkers();
      return async () => {
        await rename(`${key}-away`, key);
        await lab.restartWorkers();
      };
    },
    ends: { code: 'ssh_auth_failed', says: /our key "edge" cannot be read/ },
  },
  {
    what: 'a verb that never answers, until an operator cancels',
    publishes: 'all',
    break: waitingIn('put', PUT['before its first rename']!),
    async meanwhile(lab, jobId) {
      await lab.gate.reached();
      await requestCancel(lab.ctx, jobId);
      await jobIn(lab.ctx, jobId, ['undoing']);
      await lab.gate.open();
    },
    ends: { code: 'job_cancelled' },
  },
  {
    what: 'another change that does not end',
    publishes: 'all',
    async break({ edge }) {
      await edge.sabotageAgent('flock() { command flock --wait 0.5 9; }');
      const letGo = await edge.holdLock();
      return async () => {
        letGo();
        await edge.mendAgent();
      };
    },
    ends: { code: 'agent_refused', says: /another change of this edge is running/ },
  },
];

describe('the line to the edge breaks', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  before(async () => {
    lab = await openFaultLab();
  });
  after(() => lab?.close());

  for (const fault of FAULTS) it(`survives ${fault.what}`, () => survive(lab, fault));

  const restore = async () => {
    await chmod(join(lab.edge.tenantsDir, 'bravo.json'), 0o600);
    return lab.restore([{ kind: 'mode', name: 'bravo', actual: '600' }]);
  };
  const reload = async () => {
    const [edge] = await listEdges(lab.ctx);
    return lab.request('edge.reload', { dropletId: edge!.id, reason: 'a test' });
  };

  for (const [verb, ask] of Object.entries({ clean: restore, manifest: restore, reload }))
    it(`survives a line that breaks under ${verb}`, async () => {
      const prober = startProber(lab.edge.url, { slugs: lab.slugs });
      const mend = await waitingIn(verb, PUT['with the lock in its hands']!)(lab);

      const jobId = await ask();
      await lab.gate.reached();
      lab.sshLine.drop();
      await lab.gate.open();
      const job = await lab.finished(jobId);
      await mend();

      assert.equal(job.status, 'succeeded', job.errorMessage);
      assert.deepEqual((await prober.stop()).misses, []);
      assert.deepEqual(await lab.openAlerts(), []);
      assert.equal((await stat(join(lab.edge.tenantsDir, 'bravo.json'))).mode & 0o777, 0o644);
    });
});
