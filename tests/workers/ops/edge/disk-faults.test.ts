import { execFile } from 'node:child_process';
import { chmod, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openFaultLab, type FaultLab } from '#tests/support/fault-lab.ts';
import { survive, type Fault } from './surviving.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

const CANNOT_WRITE = { code: 'agent_refused', says: /cannot write on this disk/ };
const publications = ['acme', 'all', 'maps'] as const;

const full = (publishes: Fault['publishes'], leftBytes: number): Fault => ({
  what: `a disk with ${leftBytes} bytes left when it publishes ${publishes}`,
  publishes,
  async break({ edge }) {
    await edge.fillDisk(leftBytes);
    return () => edge.freeDisk();
  },
  ends: CANNOT_WRITE,
});

const gone = (folder: string, publishes: Fault['publishes']): Fault => ({
  what: `a folder ${folder} that takes nothing when it publishes ${publishes}`,
  publishes,
  async break({ edge }) {
    await edge.makeReadOnly(folder);
    return () => edge.makeWritable(folder);
  },
  ends: CANNOT_WRITE,
});

const readOnly = (folder: string, publishes: Fault['publishes']): Fault => ({
  what: `a folder ${folder} that was mounted read-only when it publishes ${publishes}`,
  publishes,
  async break({ edge }) {
    const dir = join(edge.dir, folder);
    await run('mount', ['--bind', dir, dir]);
    await run('mount', ['-o', 'remount,ro,bind', dir]);
    return async () => void (await run('umount', ['--lazy', dir]));
  },
  ends: CANNOT_WRITE,
});

const FAULTS: Fault[] = [
  ...publications.map((publishes) => gone('staging', publishes)),
  gone('previous', 'acme'),
  gone('previous', 'all'),
  {
    what: 'an agent that nobody may run',
    publishes: 'all',
    async break({ edge }) {
      const program = join(edge.agentDir, 'basecommerce-agent');
      await chmod(program, 0o644);
      return () => chmod(program, 0o755);
    },
    ends: { code: 'agent_refused', says: /exit 126/ },
  },
  {
    what: 'an agent whose configuration cannot be read',
    publishes: 'all',
    async break({ edge: { agentConfig } }) {
      await rename(agentConfig, `${agentConfig}.away`);
      return () => rename(`${agentConfig}.away`, agentConfig);
    },
    ends: { code: 'agent_refused', says: /configuration cannot be read/ },
  },
  {
    what: 'an agent of an older version',
    publishes: 'all',
    async break({ edge }) {
      await edge.sabotageAgent('SSH_ORIGINAL_COMMAND=${SSH_ORIGINAL_COMMAND/#put /conjure }');
      return () => edge.mendAgent();
    },
    ends: { code: 'agent_refused', says: /unknown verb/ },
  },
];

/** Who may not mount cannot have these; what a disk does then is in tests/ops/agent for everybody. */
const FAULTS_OF_ROOT: Fault[] = [
  full('acme', 0),
  full('all', 16_384),
  full('maps', 0),
  full('maps', 20_480),
  readOnly('tenants', 'acme'),
  readOnly('tenants', 'all'),
  readOnly('maps', 'maps'),
];

describe('the edge cannot write', function () {
  this.timeout(120_000);
  let lab: FaultLab;

  before(async () => {
    lab = await openFaultLab({ ...(isRoot && { diskKilobytes: 4000 }) });
  });
  after(() => lab?.close());

  for (const fault of [...FAULTS, ...(isRoot ? FAULTS_OF_ROOT : [])])
    it(`survives ${fault.what}`, () => survive(lab, fault));
});
