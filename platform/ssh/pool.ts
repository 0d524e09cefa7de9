import { systemClock, type Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log/index.ts';
import { HostConnection, type HostConnectionOptions } from './host-connection.ts';
import { commandLine } from './verb-run.ts';
import { KeyStore } from './key-store.ts';
import type { ConnectionReport, SshCommand, SshResult, SshTarget } from './types.ts';

/**
 * Runs verbs of the agent on enrolled machines: one connection to each, at most 8 verbs at a time on it, the others wait
 * their turn. Holds connections until {@link SshPool.stop}.
 */
export class SshPool {
  /** The private keys that targets name. */
  readonly keys: KeyStore;
  readonly #options: HostConnectionOptions;
  readonly #hosts = new Map<string, HostConnection>();

  constructor(options: HostConnectionOptions) {
    this.#options = options;
    this.keys = new KeyStore(options.keysDir);
  }

  /**
   * What the verb printed. Nothing is retried here. Throws, each with its own code: `ssh_host_key_changed`
   * ({@link HostKeyChanged}; nothing was sent), `ssh_connect_failed`, `ssh_auth_failed`, `ssh_timeout`,
   * `ssh_channel_failed` (cut off: the verb may or may not have done its work), `agent_refused` ({@link AgentRefused})
   * and `ssh_bad_argument`. After three failed connections in a row a machine is left alone for 10 s.
   */
  async run(target: SshTarget, command: SshCommand): Promise<SshResult> {
    commandLine(command);
    return this.#hostOf(target).run(command);
  }

  /** Every machine talked to in the last minute, and how its connection is. */
  connections(): ConnectionReport[] {
    return [...this.#hosts.values()].map((host) => host.report());
  }

  /** Ends within 5 s: running verbs may end, waiting ones are turned away. */
  async stop(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host.stop()));
    this.#hosts.clear();
  }

  /** Everything that decides whom we talk to is in the name: a machine enrolled again gets a connection of its own. */
  #hostOf(target: SshTarget): HostConnection {
    const { host, port, username, hostKey, keyName } = target;
    const name = [host, port, username, hostKey, keyName].join(' ');
    const known = this.#hosts.get(name);
    if (known) return known;
    const added = new HostConnection(target, { ...this.#options, onUnused: () => this.#hosts.delete(name) });
    this.#hosts.set(name, added);
    return added;
  }
}

/** `keysDir` holds the private keys that targets name. The clock is for the pause after failures only. */
export function createSshPool(options: { keysDir: string; log: Logger; clock?: Clock }): SshPool {
  return new SshPool({ clock: systemClock, ...options });
}
