import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeAgentConfig } from '#ops/agent/install.ts';
import type { EdgeSettingsInput } from '#ops/droplet-1-edge/settings.ts';
import { certificatePaths, ensureCertificate } from '#ops/local/certificate.ts';
import { startEdgeNginx, type LocalEdge } from '#ops/local/nginx.ts';
import { findBinary } from '#ops/local/server-binaries.mjs';
import { ensureSshKey } from '#ops/local/ssh-keys.ts';
import { startSshd, type LocalSshd } from '#ops/local/sshd.ts';
import type { SshTarget } from '#platform/ssh/index.ts';
import { AGENT_DIR, copyAgent } from './agent-copy.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

export const TEST_EDGE_SECRET = 'edge-secret-of-the-tests-0123456789abcdef';

type Options = {
  baseDomain?: string;
  appServers?: string[];
  authServer?: string;
  limits?: EdgeSettingsInput['limits'];
  trustedProxies?: string[];
  publicScheme?: 'http' | 'https';
  /** Serves https too, with a certificate for `*.localhost`. */
  tls?: boolean;
  /** Gives the edge's folder a disk of its own, this small; only root can. */
  diskKilobytes?: number;
  /** Gives the edge an agent of its own, for {@link TestEdge.sabotageAgent}. */
  ownAgent?: boolean;
};

type Ports = { http: number; tls: number; status: number; ssh: number };

/** High enough that no test meets a limit by accident. */
const NO_LIMITS = Object.fromEntries(
  [
    'apiRate',
    'apiBurst',
    'webRate',
    'webBurst',
    'authRate',
    'authBurst',
    'tenantRate',
    'tenantBurst',
    'connections',
  ].map((limit) => [limit, 10_000]),
);

/** Nobody listens there. */
const NOBODY = '127.0.0.1:9';

/**
 * A whole edge droplet of its own for one test file: nginx, sshd and the agent between them, on free ports in a temporary
 * folder. The faults that the product must survive are methods.
 */
export async function startTestEdge(options: Options = {}) {
  const ports = { http: await freePort(), tls: await freePort(), status: await freePort(), ssh: await freePort() };
  const edge = new TestEdge(await mkdtemp(join(tmpdir(), 'bc-edge-')), options, ports);
  await edge.start();
  return edge;
}

export class TestEdge {
  readonly url: string;
  /** With the option `tls`. */
  readonly tlsUrl: string;
  readonly statusUrl: string;
  /** Its certificate's file, with the option `tls`. */
  readonly certificate: string;
  readonly dir: string;
  readonly tenantsDir: string;
  readonly suspendedDir: string;
  readonly keysDir: string;
  /** What the agent is told of this droplet. */
  readonly agentConfig: string;
  /** Where its own agent is, with the option `ownAgent`. */
  readonly agentDir: string;
  /** What sshd and nginx said, a line each. */
  readonly sshdLog: string[] = [];
  readonly nginxLog: string[] = [];
  readonly #home: string;
  readonly #options: Options;
  readonly #ports: Ports;
  #nginx: LocalEdge | undefined;
  #sshd: LocalSshd | undefined;
  #pinnedKey = '';
  readonly #others: ChildProcess[] = [];

  constructor(home: string, options: Options, ports: Ports) {
    this.#home = home;
    this.#options = options;
    this.#ports = ports;
    this.url = `http://127.0.0.1:${ports.http}`;
    this.tlsUrl = `https://127.0.0.1:${ports.tls}`;
    this.statusUrl = `http://127.0.0.1:${ports.status}/status`;
    this.certificate = certificatePaths(join(home, 'tls')).certificate;
    this.dir = join(home, 'edge');
    this.tenantsDir = join(this.dir, 'tenants');
    this.suspendedDir = join(this.dir, 'suspended');
    this.keysDir = join(home, 'keys');
    this.agentConfig = join(home, 'agent.conf');
    this.agentDir = join(home, 'agent');
  }

  /** As an enrolment would have recorded this droplet, with the host key it had at first. */
  get sshTarget(): SshTarget {
    const { username } = userInfo();
    return {
      name: 'edge-1',
      host: '127.0.0.1',
      port: this.#ports.ssh,
      username,
      hostKey: this.#pinnedKey,
      keyName: 'edge',
    };
  }

  get nginxPid(): number {
    return this.#nginx?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { diskKilobytes } = this.#options;
    if (diskKilobytes) {
      await mkdir(this.dir);
      await run('mount', ['-t', 'tmpfs', '-o', `size=${diskKilobytes}k`, 'tmpfs', this.dir]);
    }
    await this.startNginx();
    await this.startSshd();
    this.#pinnedKey = this.#sshd?.hostPublicKey ?? '';
  }

  async startNginx(): Promise<void> {
    const { diskKilobytes: _disk, ownAgent: _agent, tls, ...settings } = this.#options;
    this.#nginx = await startEdgeNginx({
      dir: this.dir,
      port: this.#ports.http,
      statusPort: this.#ports.status,
      ...(tls && { tls: { port: this.#ports.tls, ...(await ensureCertificate(join(this.#home, 'tls'))) } }),
      baseDomain: 'localhost',
      appServers: [NOBODY],
      authServer: NOBODY,
      edgeAuthSecret: TEST_EDGE_SECRET,
      limits: NO_LIMITS,
      ...settings,
      onLine: (line) => this.nginxLog.push(line),
    });
  }

  async stopNginx(): Promise<void> {
    await this.#nginx?.stop();
    this.#nginx = undefined;
  }

  async startSshd(): Promise<void> {
    await this.useNginxCommand();
    const publicKey = await ensureSshKey(join(this.keysDir, 'edge'));
    this.#sshd = await startSshd({
      dir: join(this.#home, 'sshd'),
      port: this.#ports.ssh,
      keys: [{ publicKey, agentConfig: this.agentConfig }],
      onLine: (line) => this.sshdLog.push(line),
    });
    if (this.#options.ownAgent) await this.#bindKeyToOwnAgent();
  }

  async #bindKeyToOwnAgent(): Promise<void> {
    await this.sabotageAgent('');
    const keys = join(this.#home, 'sshd', 'authorized_keys');
    const lines = await readFile(keys, 'utf8');
    await writeFile(keys, lines.replaceAll(AGENT_DIR, `${this.agentDir}/`), { mode: 0o600 });
  }

  /** Every verb from now on runs an agent with these lines of bash ({@link copyAgent}), on open connections too. */
  async sabotageAgent(lines: string): Promise<void> {
    await copyAgent(this.agentDir, lines);
  }

  async mendAgent(): Promise<void> {
    await this.sabotageAgent('');
  }

  /** What the agent runs to test and reload nginx. */
  async useNginxCommand(nginxCommand = findBinary('nginx') ?? 'nginx'): Promise<void> {
    const edge = {
      edgeDir: this.dir,
      nginxCommand,
      healthPort: this.#ports.http,
      statusPort: this.#ports.status,
      certificates: this.#options.tls ? [this.certificate] : [],
    };
    await writeAgentConfig(this.agentConfig, { log: join(this.#home, 'agent.log'), edge });
  }

  /** Its open connections are cut too. */
  async stopSshd(): Promise<void> {
    await this.#sshd?.stop();
    this.#sshd = undefined;
  }

  /** The machine comes back with another host key, as after a rebuild, or as an impostor would. */
  async breakHostKey(): Promise<void> {
    await this.stopSshd();
    await rm(join(this.#home, 'sshd'), { recursive: true });
    await this.startSshd();
  }

  /** Takes away a folder of the agent's; modes would not stop root, a file in the folder's place stops everybody. */
  async makeReadOnly(folder = 'staging'): Promise<void> {
    await rename(join(this.dir, folder), join(this.dir, `${folder}-away`));
    await writeFile(join(this.dir, folder), '');
  }

  async makeWritable(folder = 'staging'): Promise<void> {
    await rm(join(this.dir, folder));
    await rename(join(this.dir, `${folder}-away`), join(this.dir, folder));
  }

  /** Writes the edge's small disk full but for these bytes. */
  async fillDisk(leftBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    await writeFile(join(this.dir, 'filler'), Buffer.alloc(bavail * bsize - leftBytes));
  }

  async freeDisk(): Promise<void> {
    await rm(join(this.dir, 'filler'));
  }

  /** As if another change were running: every change waits until the function that it gives is called. */
  async holdLock(): Promise<() => void> {
    const other = spawn('flock', [this.dir, 'sh', '-c', 'echo taken; cat']);
    this.#others.push(other);
    await once(other.stdout, 'data');
    return () => void other.stdin.end();
  }

  /** How many changes wait for the one that runs, as the kernel counts them. */
  async countWaiting(): Promise<number> {
    const { ino } = await stat(this.dir);
    const locks = await readFile('/proc/locks', 'utf8');
    return locks.split('\n').filter((line) => line.includes('-> FLOCK') && line.includes(`:${ino} `)).length;
  }

  async stop(): Promise<void> {
    for (const other of this.#others) other.stdin?.end();
    await this.stopSshd();
    await this.stopNginx();
    if (this.#options.diskKilobytes) await run('umount', [this.dir]);
    await rm(this.#home, { recursive: true, force: true });
  }
}
