import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { authorizedKey, writeAgentConfig } from '#ops/agent/install.ts';
import { ensureSshKey } from '#ops/local/ssh-keys.ts';
import { startSshd, type LocalSshd } from '#ops/local/sshd.ts';
import type { SshTarget } from '#platform/ssh/index.ts';
import { freePort } from './ports.ts';

/** A droplet that is no edge: a real sshd and the agent, on a free port in a folder of its own. Stop it in `after`. */
export async function startSshHost(): Promise<SshHost> {
  const host = new SshHost(await mkdtemp(join(tmpdir(), 'bc-host-')), await freePort());
  await host.start();
  return host;
}

export class SshHost {
  readonly keysDir: string;
  /** Where the agent writes a line a request. */
  readonly agentLog: string;
  /** What sshd said, a line each. */
  readonly log: string[] = [];
  readonly #home: string;
  readonly #port: number;
  readonly #agentConfig: string;
  #sshd: LocalSshd | undefined;
  #pinnedKey = '';

  constructor(home: string, port: number) {
    this.#home = home;
    this.#port = port;
    this.#agentConfig = join(home, 'agent.conf');
    this.agentLog = join(home, 'agent.log');
    this.keysDir = join(home, 'keys');
  }

  /** As an enrolment would have recorded it, with the host key it had at first. */
  get target(): SshTarget {
    const { username } = userInfo();
    const address = { host: '127.0.0.1', port: this.#port, username };
    return { name: 'infra-1', ...address, hostKey: this.#pinnedKey, keyName: 'infra' };
  }

  get pid(): number {
    return this.#sshd?.pid ?? 0;
  }

  /** How often a login was accepted. */
  get logins(): number {
    return this.log.filter((line) => line.startsWith('Accepted publickey')).length;
  }

  async start(): Promise<void> {
    await writeAgentConfig(this.#agentConfig, { log: this.agentLog });
    const publicKey = await ensureSshKey(join(this.keysDir, 'infra'));
    const dir = join(this.#home, 'sshd');
    const keys = [{ publicKey, agentConfig: this.#agentConfig }];
    this.#sshd = await startSshd({ dir, port: this.#port, keys, onLine: (line) => this.log.push(line) });
    this.#pinnedKey ||= this.#sshd.hostPublicKey;
  }

  /** Lets one more key in, bound to the agent as the first one is. */
  async authorize(publicKey: string): Promise<void> {
    await appendFile(this.#authorizedKeys, `${authorizedKey(publicKey, this.#agentConfig)}\n`);
  }

  /** Takes a key's line out again. */
  async forbid(publicKey: string): Promise<void> {
    const lines = (await readFile(this.#authorizedKeys, 'utf8')).split('\n');
    await writeFile(this.#authorizedKeys, lines.filter((line) => !line.includes(publicKey)).join('\n'));
  }

  /**
   * Lets every key run this bash script instead of the agent; `$SSH_ORIGINAL_COMMAND` holds the request. Cuts the connections
   * that are open: what a key may run is decided when it logs in.
   */
  async replaceAgent(script: string): Promise<void> {
    await this.stopSshd();
    await this.start();
    const path = join(this.#home, 'other-agent');
    await writeFile(path, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    const lines = await readFile(this.#authorizedKeys, 'utf8');
    await writeFile(this.#authorizedKeys, lines.replaceAll(/command="[^"]*"/g, `command="${path}"`));
  }

  /** Its open connections are cut too. */
  async stopSshd(): Promise<void> {
    await this.#sshd?.stop();
    this.#sshd = undefined;
  }

  /** The machine comes back with another host key, as after a rebuild, or as an impostor would. */
  async changeHostKey(): Promise<void> {
    await this.stopSshd();
    await rm(join(this.#home, 'sshd'), { recursive: true });
    await this.start();
  }

  async stop(): Promise<void> {
    await this.stopSshd();
    await rm(this.#home, { recursive: true, force: true });
  }

  get #authorizedKeys(): string {
    return join(this.#home, 'sshd', 'authorized_keys');
  }
}
