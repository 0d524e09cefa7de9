import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { refusedWith, startAgentOfEdge, type AgentOfEdge } from '#tests/support/agent.ts';
import { bundleCommand, type Change } from '#tests/support/edge-requests.ts';
import { killAtStep } from '#tests/support/sabotaged-agent.ts';

/** One of each kind of change. */
const OLD: Change[] = [
  { slug: 'changing', state: 'live', fields: { v: 1 } },
  { slug: 'closing', state: 'live', fields: { v: 1 } },
  { slug: 'opening', state: 'suspended', fields: { v: 1 } },
  { slug: 'leaving', state: 'suspended', fields: { v: 1 } },
  { slug: 'coming', state: 'absent' },
];
const NEW: Change[] = [
  { slug: 'changing', state: 'live', fields: { v: 2 } },
  { slug: 'closing', state: 'suspended', fields: { v: 2 } },
  { slug: 'opening', state: 'live', fields: { v: 2 } },
  { slug: 'leaving', state: 'absent' },
  { slug: 'coming', state: 'live', fields: { v: 2 } },
];

describe('an agent that is cut off', function () {
  // Some dozens of verbs a test, each after a death of the one before.
  this.timeout(120_000);

  let agent: AgentOfEdge;
  let oldManifest: string;
  let newManifest: string;
  before(async () => {
    agent = await startAgentOfEdge();
    await agent.put(...NEW);
    newManifest = await agent.run('manifest');
    await agent.put(...OLD);
    oldManifest = await agent.run('manifest');
  });
  after(() => agent.stop());

  /** Kills at each step in turn; `run` is told the step and says whether the agent died of it. */
  async function atEachStep(run: (step: number) => Promise<boolean>): Promise<number> {
    for (let step = 1; ; step += 1) if (!(await run(step))) return step - 1;
  }

  /** What nginx may serve before the next verb mends it: never new bytes of a closed store as if it were open. */
  async function assertNeverOpen(step: number): Promise<void> {
    const { tenantsDir, suspendedDir } = agent.edge;
    const isNew = async (slug: string) => (await readFile(`${tenantsDir}/${slug}.json`, 'utf8')).includes('"v":2');
    const marked = await readdir(suspendedDir);
    assert(!(await isNew('closing')) || marked.includes('closing.json'), `step ${step} left a closed store open`);
    assert((await isNew('opening')) || marked.includes('opening.json'), `step ${step} opened a store too early`);
  }

  it('killed at any step of a put leaves all of a bundle or none for the next verb', async () => {
    const put = bundleCommand(NEW);
    let finished = 0;
    const steps = await atEachStep(async (step) => {
      await agent.put(...OLD);
      const { died } = await agent.sabotaged(killAtStep(step), put);
      await assertNeverOpen(step);

      const manifest = await agent.run('manifest');

      assert([oldManifest, newManifest].includes(manifest), `step ${step} left\n${manifest}`);
      if (manifest === newManifest) finished += 1;
      assert.equal(await agent.send(put), 'applied 5\n');
      assert.equal(await agent.run('manifest'), newManifest);
      return died;
    });

    assert(steps > 15, `${steps} steps`);
    assert(finished > 1 && finished < steps);
    assert.deepEqual(await readdir(`${agent.edge.dir}/previous`), ['last']);
  });

  async function killHalfWay(): Promise<void> {
    await agent.put(...OLD);
    await agent.sabotaged(killAtStep(11), bundleCommand(NEW));
    assert((await readdir(`${agent.edge.dir}/previous`)).includes('open'));
  }

  it('killed half way does not keep the very next put from doing what it is asked', async () => {
    await killHalfWay();

    assert.equal(await agent.put(...NEW), 'applied 5\n');

    assert.equal(await agent.run('manifest'), newManifest);
  });

  it('killed at any step of a rollback leaves all of it or none', async () => {
    await atEachStep(async (step) => {
      await agent.put(...OLD);
      await agent.put(...NEW);
      const { died } = await agent.sabotaged(killAtStep(step), { verb: 'rollback' });

      const manifest = await agent.run('manifest');

      assert([oldManifest, newManifest].includes(manifest), `step ${step} left\n${manifest}`);
      assert.equal(await agent.run('rollback'), 'rolled back 5\n');
      assert.equal(await agent.run('manifest'), oldManifest);
      return died;
    });
  });

  it('killed again while it puts back what an unfinished bundle replaced is mended by the next', async () => {
    await atEachStep(async (step) => {
      await killHalfWay();
      const { died } = await agent.sabotaged(killAtStep(step), { verb: 'manifest' });

      assert.equal(await agent.run('manifest'), oldManifest, `step ${step}`);
      return died;
    });
  });

  it('keeps others out until the last program it had started is done', async () => {
    await agent.put(...OLD);
    const slowly = `mv() { if [[ $2 == -t ]]; then (command sleep 1; command mv "$@") & kill -9 $$; fi; command mv "$@"; }`;
    await agent.sabotaged(slowly, bundleCommand(NEW));

    assert.equal(await agent.run('manifest'), oldManifest);
  });

  for (const [what, sabotage] of [
    [
      'the body',
      'mktemp() { command mktemp "$@" && command ln -s /dev/full "$(ls -td staging/work.* | head -n 1)/body"; }',
    ],
    ['a file of the bundle', 'timeout() { command timeout "$@"; command ln -s /dev/full "$WORK/closing.json"; }'],
    ['what is to be put back', 'mkdir() { command mkdir "$@" && command ln -s /dev/full previous/open.new/changes; }'],
  ] as const)
    it(`a disk that is full when it writes ${what} changes nothing`, async () => {
      await agent.put(...OLD);
      const staging = await readdir(`${agent.edge.dir}/staging`);

      const { exitCode, stderr } = await agent.sabotaged(sabotage, bundleCommand(NEW));

      assert.equal(exitCode, 73, stderr);
      assert.match(stderr, /^cannot write on this disk/);
      assert.equal(await agent.run('manifest'), oldManifest);
      assert.deepEqual(await readdir(`${agent.edge.dir}/staging`), staging);
    });

  // Who may not mount a small disk has the same from /dev/full above.
  if (process.getuid?.() === 0)
    it('on a disk with any number of free pages puts all of a bundle or none', async () => {
      const tiny = await startAgentOfEdge({ diskKilobytes: 800 });
      const outcomes = new Set<string>();
      try {
        for (let pages = 0; pages < 16; pages += 1) {
          await tiny.put(...OLD);
          await tiny.edge.fillDisk(pages * 4096);
          const outcome = await tiny.send(bundleCommand(NEW)).catch((error: unknown) => {
            assert(refusedWith(73, /cannot write on this disk/)(error));
            return 'refused';
          });
          outcomes.add(outcome);
          assert.equal(await tiny.run('manifest'), outcome === 'refused' ? oldManifest : newManifest);
          await tiny.edge.freeDisk();
        }
      } finally {
        await tiny.stop();
      }
      assert.deepEqual([...outcomes], ['refused', 'applied 5\n']);
      assert(!execFileSync('mount', { encoding: 'utf8' }).includes(tiny.edge.dir));
    });
});
