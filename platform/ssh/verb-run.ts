import type { Client, ClientChannel } from 'ssh2';
import { toError, type AppError } from '#platform/errors.ts';
import { AgentRefused, channelFailed, timedOut, unfitCommand } from './errors.ts';
import type { SshCommand, SshResult, SshTarget } from './types.ts';

const DEFAULT_TIMEOUT_MS = 15_000;
/** A manifest of 10,000 tenants is about 1.2 MB; more than this is no answer of our agent. */
const MAX_OUTPUT_CHARACTERS = 8_000_000;
const OPEN_RETRIES = 20;
const OPEN_RETRY_MS = 25;
/** A code above tells which signal ended the agent: so says a login shell that waited for it. Others are replaced by it. */
const HIGHEST_EXIT_CODE = 128;
const WORD = /^[a-z0-9._:-]{1,128}$/;

/** The request line. Throws `ssh_bad_argument` for a word that could mean more than itself to anything on the way. */
export function commandLine({ verb, args = [] }: SshCommand): string {
  const words = [verb, ...args];
  for (const word of words) if (!WORD.test(word)) throw unfitCommand(word);
  return words.join(' ');
}

/** One verb on one channel of an open connection. */
export class VerbRun {
  /** What the agent answered; rejects as `SshPool.run` says. */
  readonly result: Promise<SshResult>;
  /** Resolves, later than `result` after a timeout, when the channel is gone and another may take its place. */
  readonly closed: Promise<void>;

  readonly #target: SshTarget;
  readonly #command: SshCommand;
  readonly #settle = Promise.withResolvers<SshResult>();
  readonly #close = Promise.withResolvers<void>();
  #channel: ClientChannel | undefined;
  #startedAtMs = 0;
  #isGivenUp = false;
  #stdout = '';
  #stderr = '';

  constructor(client: Client, target: SshTarget, command: SshCommand) {
    this.#target = target;
    this.#command = command;
    this.closed = this.#close.promise;
    this.result = this.#settle.promise.finally(this.#limit());
    this.#open(client, OPEN_RETRIES);
  }

  /**
   * sshd counts a channel as open until it has tidied up after the closing, so right after eight ended at once it may
   * refuse a ninth. A refused channel has run nothing: asking again is safe.
   */
  #open(client: Client, retries: number): void {
    this.#startedAtMs = performance.now();
    try {
      client.exec(commandLine(this.#command), (error, channel) => {
        if (!error) this.#attach(channel);
        else if ('reason' in error && retries > 0 && !this.#isGivenUp)
          setTimeout(() => this.#open(client, retries - 1), OPEN_RETRY_MS);
        else this.#endWith(error);
      });
    } catch (error) {
      this.#endWith(toError(error));
    }
  }

  /** Gives up at the time limit or when the caller does; closing the channel makes sshd drop the agent's pipes. */
  #limit(): () => void {
    const { verb, signal, timeoutMs = DEFAULT_TIMEOUT_MS } = this.#command;
    const onAbort = () => this.#giveUp(signal?.reason);
    const timer = setTimeout(() => this.#giveUp(timedOut(this.#target, verb, timeoutMs)), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  }

  #giveUp(reason: unknown): void {
    this.#isGivenUp = true;
    this.#settle.reject(reason);
    this.#channel?.close();
  }

  #attach(channel: ClientChannel): void {
    let exitCode: number | null = null;
    this.#channel = channel;
    channel.setEncoding('utf8').on('data', (text: string) => this.#keep('stdout', text));
    channel.stderr.setEncoding('utf8').on('data', (text: string) => this.#keep('stderr', text));
    channel.on('exit', (code: number | null) => {
      exitCode = code;
    });
    channel.on('error', (error: Error) => this.#settle.reject(this.#cutOff(error.message)));
    channel.on('close', () => this.#finish(exitCode));
    if (this.#isGivenUp) channel.close();
    else channel.end(this.#command.stdin);
  }

  #keep(stream: 'stdout' | 'stderr', text: string): void {
    if (stream === 'stderr') this.#stderr += text;
    else if (this.#command.keepsOutput !== false) this.#stdout += text;
    this.#command.onOutput?.(text);
    if (this.#stdout.length + this.#stderr.length <= MAX_OUTPUT_CHARACTERS) return;
    this.#giveUp(this.#cutOff('it printed more than 8 MB'));
  }

  #finish(exitCode: number | null): void {
    const elapsedMs = performance.now() - this.#startedAtMs;
    if (exitCode === 0) this.#settle.resolve({ stdout: this.#stdout, stderr: this.#stderr, elapsedMs });
    else if (exitCode === null || exitCode > HIGHEST_EXIT_CODE)
      this.#settle.reject(this.#cutOff('the connection or the agent ended before it answered'));
    else this.#settle.reject(this.#refused(exitCode));
    this.#close.resolve();
  }

  #refused(exitCode: number): AppError {
    const refusal = { exitCode, stdout: this.#stdout, stderr: this.#stderr };
    return new AgentRefused(this.#target, this.#command.verb, refusal);
  }

  #cutOff(reason: string, cause?: Error): AppError {
    return channelFailed(this.#target, this.#command.verb, reason, cause);
  }

  #endWith(error: Error): void {
    this.#settle.reject(this.#cutOff(error.message, error));
    this.#close.resolve();
  }
}
