import type { Client } from 'ssh2';
import type { Clock } from '#platform/clock.ts';
import { AppError, ignoreBecause, Unavailable } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';
import { CircuitBreaker } from './breaker.ts';
import { connect } from './connect.ts';
import { stillFailing } from './errors.ts';
import { Slots } from './slots.ts';
import type { SshCommand, SshResult, SshTarget } from './types.ts';
import { VerbRun } from './verb-run.ts';

/** sshd allows 10 sessions a connection; two stay free for ones that are just ending. */
const MAX_CHANNELS = 8;
const IDLE_CLOSE_MS = 60_000;
const DRAIN_MS = 5_000;

export type HostConnectionOptions = { keysDir: string; log: Logger; clock: Clock };

/** The one TCP connection to one machine: opened when needed, shared by all verbs, closed when unused for a minute. */
export class HostConnection {
  readonly #target: SshTarget;
  readonly #options: HostConnectionOptions;
  readonly #slots = new Slots(MAX_CHANNELS);
  readonly #breaker: CircuitBreaker;
  #client: Promise<Client> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(target: SshTarget, options: HostConnectionOptions) {
    this.#target = target;
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.clock);
  }

  async run(command: SshCommand): Promise<SshResult> {
    this.#refuseWhenStopping();
    const release = await this.#slots.take(command.signal);
    clearTimeout(this.#idleTimer);
    let verbRun: VerbRun;
    try {
      const client = await this.#connected();
      command.signal?.throwIfAborted();
      verbRun = new VerbRun(client, this.#target, command);
    } catch (error) {
      release();
      throw error;
    }
    void this.#giveBack(verbRun, release);
    return verbRun.result;
  }

  /** Turns away who still waits, lets running verbs end (5 s at most), then closes. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#idleTimer);
    this.#slots.turnAway(this.#stoppingError());
    const drained = Promise.withResolvers<void>();
    const timer = setTimeout(drained.resolve, DRAIN_MS);
    await Promise.race([this.#slots.whenEmpty(), drained.promise]);
    clearTimeout(timer);
    const client = await this.#client?.catch(ignoreBecause('who asked for the connection was told'));
    client?.end();
    client?.destroy();
  }

  #connected(): Promise<Client> {
    if (this.#client) return this.#client;
    const refusal = this.#breaker.refusal();
    if (refusal) throw stillFailing(this.#target, refusal.lastError, refusal.retryInMs);
    const opening = this.#open();
    this.#client = opening;
    const forget = () => {
      if (this.#client === opening) this.#client = undefined;
    };
    opening.then((client) => client.once('close', forget), forget);
    return opening;
  }

  async #open(): Promise<Client> {
    const { keysDir, log } = this.#options;
    const machine = this.#target.name;
    try {
      const client = await connect(this.#target, keysDir);
      this.#breaker.succeeded();
      log.info({ machine }, 'ssh connected');
      client.on('error', (error) => log.warn({ machine, err: error }, 'ssh connection broke'));
      return client;
    } catch (error) {
      if (error instanceof AppError) this.#breaker.failed(error);
      log.warn({ machine, err: error }, 'ssh connection failed');
      throw error;
    }
  }

  async #giveBack(verbRun: VerbRun, release: () => void): Promise<void> {
    await verbRun.closed;
    release();
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (!this.#slots.isIdle || this.#isStopping) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      this.#client?.then((client) => client.end(), ignoreBecause('a connection that failed needs no closing'));
      this.#client = undefined;
    }, IDLE_CLOSE_MS).unref();
  }

  #refuseWhenStopping(): void {
    if (this.#isStopping) throw this.#stoppingError();
  }

  #stoppingError(): Unavailable {
    return new Unavailable('ssh_connect_failed', `${this.#target.name} was not asked: this process is stopping`);
  }
}
