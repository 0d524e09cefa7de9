import type { Client } from 'ssh2';
import type { Clock } from '#platform/clock.ts';
import { AppError, ignoreBecause, Unavailable } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';
import { CircuitBreaker } from './breaker.ts';
import { connect, isSilence } from './connect.ts';
import { connectFailed, stillFailing } from './errors.ts';
import { Slots } from './slots.ts';
import type { ConnectionReport, ConnectionState, SshCommand, SshResult, SshTarget } from './types.ts';
import { VerbRun } from './verb-run.ts';

/** sshd allows 10 sessions a connection; two stay free for ones that are just ending. */
const MAX_CHANNELS = 8;
const IDLE_CLOSE_MS = 60_000;
const DRAIN_MS = 5_000;
/** A machine that went silent never answers our goodbye: then the socket is dropped. */
const GOODBYE_MS = 1000;

export type HostConnectionOptions = {
  keysDir: string;
  log: Logger;
  clock: Clock;
  /** Called when nobody has used it for a minute and its connection is closed. */
  onUnused?: () => void;
};

/** The one TCP connection to one machine: opened when needed, shared by all verbs, closed when unused for a minute. */
export class HostConnection {
  readonly #target: SshTarget;
  readonly #options: HostConnectionOptions;
  readonly #slots = new Slots(MAX_CHANNELS);
  readonly #breaker: CircuitBreaker;
  #client: Promise<Client> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #state: ConnectionState = 'idle';
  #since: Date;

  constructor(target: SshTarget, options: HostConnectionOptions) {
    this.#target = target;
    this.#options = options;
    this.#breaker = new CircuitBreaker(options.clock);
    this.#since = options.clock.now();
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
      this.#closeWhenIdle();
      throw error;
    }
    void this.#giveBack(verbRun, release);
    return verbRun.result;
  }

  report(): ConnectionReport {
    const refusal = this.#breaker.refusal();
    const isResting = this.#state === 'failing' && refusal !== undefined;
    return {
      target: this.#target,
      state: isResting ? 'resting' : this.#state,
      since: this.#since,
      running: this.#slots.taken,
      waiting: this.#slots.waiting,
      ...this.#breaker.record,
      retryAt: isResting ? new Date(this.#options.clock.now().getTime() + refusal.retryInMs) : undefined,
    };
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
      if (this.#client !== opening) return;
      this.#client = undefined;
      if (this.#state === 'open') this.#enter('idle');
    };
    opening.then((client) => client.once('close', forget), forget);
    return opening;
  }

  async #open(): Promise<Client> {
    const { keysDir, log } = this.#options;
    const machine = this.#target.name;
    this.#enter('connecting');
    try {
      const client = await connect(this.#target, keysDir);
      this.#breaker.succeeded();
      this.#enter('open');
      log.info({ machine }, 'ssh connected');
      client.on('error', (error) => this.#onBroken(error));
      return client;
    } catch (error) {
      if (error instanceof AppError) this.#breaker.failed(error);
      this.#enter('failing');
      // Whoever waits behind the others would only wait for the same failure, and longer.
      this.#slots.turnAway(error);
      log.warn({ machine, err: error }, 'ssh connection failed');
      throw error;
    }
  }

  #onBroken(error: Error): void {
    this.#options.log.warn({ machine: this.#target.name, err: error }, 'ssh connection broke');
    if (isSilence(error)) this.#slots.turnAway(connectFailed(this.#target, 'it stopped answering', error));
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
      this.#client?.then(sayGoodbye, ignoreBecause('a connection that failed needs no closing'));
      this.#client = undefined;
      this.#enter('idle');
      this.#options.onUnused?.();
    }, IDLE_CLOSE_MS).unref();
  }

  #enter(state: ConnectionState): void {
    if (this.#state !== state) this.#since = this.#options.clock.now();
    this.#state = state;
  }

  #refuseWhenStopping(): void {
    if (this.#isStopping) throw this.#stoppingError();
  }

  #stoppingError(): Unavailable {
    return new Unavailable('ssh_connect_failed', `${this.#target.name} was not asked: this process is stopping`);
  }
}

function sayGoodbye(client: Client): void {
  client.end();
  const timer = setTimeout(() => client.destroy(), GOODBYE_MS).unref();
  client.once('close', () => clearTimeout(timer));
}
