import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { killAtStep } from '#tests/support/sabotaged-agent.ts';
import { survive, type Fault } from './surviving.ts';

const verbOf = (publishes: Fault['publishes']) => (publishes === 'maps' ? 'maps' : 'put');

const sabotage = (lines: string) => async (lab: FaultLab) => {
  await lab.edge.sabotageAgent(lines);
  return () => lab.edge.mendAgent();
};

const killedOnce = (publishes: Fault['publishes'], step: number): Fault => ({
  what: `an agent that is killed at step ${step}, for ${publishes}`,
  publishes,
  async break(lab) {
    const mark = join(lab.edge.keysDir, 'killed');
    await rm(mark, { force: true });
    const once = `kill() { : >'${mark}'; command kill "$@"; }`;
    const mend = await sabotage(
      `if [[ $SSH_ORIGINAL_COMMAND == ${verbOf(publishes)}\\ * && ! -e '${mark}' ]]; then ${once}\n${killAtStep(step)}\nfi`,
    )(lab);
    return async () => {
      await mend();
      if (!existsSync(mark)) throw new Error(`it never came to step ${step}`);
    };
  },
  ends: 'well',
});

const killedAlways = (publishes: Fault['publishes'], step: number): Fault => ({
  what: `an agent that is killed at step ${step} each time, for ${publishes}`,
  publishes,
  break: sabotage(`if [[ $SSH_ORIGINAL_COMMAND == ${verbOf(publishes)}\\ * ]]; then\n${killAtStep(step)}\nfi`),
  ends: { code: 'ssh_channel_failed', says: /was cut off/ },
});

const withClock = (hours: number): Fault => ({
  what: `an edge whose clock is ${hours} hours off`,
  publishes: 'all',
  break: sabotage(`unset EPOCHSECONDS; EPOCHSECONDS=$(($(date +%s) + ${hours * 3600}))`),
  ends: 'well',
});

const FAULTS: Fault[] = [
  ...[1, 5, 7, 9].map((step) => killedOnce('acme', step)),
  ...[6, 12].map((step) => killedOnce('all', step)),
  ...[3, 6, 9].map((step) => killedOnce('maps', step)),
  // The next one puts back what was half done, and then has nothing to undo; of many, that alone is too much for it.
  killedAlways('acme', 7),
  { ...killedAlways('all', 12), alerts: ['A failed job left something behind: 8 stores'] },
  killedAlways('maps', 6),
  withClock(-30),
  withClock(30),
  withClock(0),
];

describe('the agent dies or is wrong about the time', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  before(async () => {
    lab = await openFaultLab();
  });
  after(() => lab?.close());

  for (const fault of FAULTS) it(`survives ${fault.what}`, () => survive(lab, fault));
});
