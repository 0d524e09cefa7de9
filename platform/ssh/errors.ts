import { AppError, InvalidInput, Unavailable, UpstreamFailed } from '#platform/errors.ts';
import type { SshTarget } from './types.ts';

/** The machine shows another key than the pinned one: it was rebuilt, or it is another machine. Nothing was sent. */
export class HostKeyChanged extends UpstreamFailed {
  constructor(target: SshTarget, pinned: string, presented: string) {
    super(
      'ssh_host_key_changed',
      `${target.name} shows the host key ${presented}, but ${pinned} is pinned. Nothing was sent. If the machine was rebuilt on purpose, enrol it again.`,
    );
  }
}

/** What an agent that said no left behind: `exitCode` as in ops/agent/README.md, and what it printed. */
type Refusal = { exitCode: number; stdout: string; stderr: string };

/** The agent ran and said no. `stderr` is its one line of reason, `stdout` what some verbs tell besides. */
export class AgentRefused extends UpstreamFailed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(target: SshTarget, verb: string, { exitCode, stdout, stderr }: Refusal) {
    const reason = stderr.trim().split('\n', 1)[0] || 'no reason given';
    super('agent_refused', `The agent of ${target.name} refused "${verb}": ${reason} (exit ${exitCode})`);
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

export function connectFailed(target: SshTarget, reason: string, cause?: unknown): Unavailable {
  return new Unavailable(
    'ssh_connect_failed',
    `${target.name} (${target.host}:${target.port}) cannot be reached: ${reason}`,
    {
      cause,
    },
  );
}

export function authFailed(target: SshTarget, reason: string, cause?: unknown): UpstreamFailed {
  return new UpstreamFailed('ssh_auth_failed', `${target.name} does not let us in as ${target.username}: ${reason}`, {
    cause,
  });
}

export function timedOut(target: SshTarget, verb: string, timeoutMs: number): Unavailable {
  return new Unavailable('ssh_timeout', `"${verb}" on ${target.name} did not end within ${timeoutMs / 1000} s`);
}

export function channelFailed(target: SshTarget, verb: string, reason: string, cause?: unknown): UpstreamFailed {
  return new UpstreamFailed('ssh_channel_failed', `"${verb}" on ${target.name} was cut off: ${reason}`, { cause });
}

/** The failure we still remember, told again without another try. Its code stays, since its cause most likely does. */
export function stillFailing(target: SshTarget, last: AppError, retryInMs: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryInMs / 1000));
  const message = `${last.message} Not tried again yet: ${target.name} failed several times in a row, next try in ${retryAfterSeconds} s.`;
  return new AppError(last.status, last.code, message, { cause: last, retryAfterSeconds });
}

export function unfitCommand(word: string): InvalidInput {
  return new InvalidInput('ssh_bad_argument', `${JSON.stringify(word.slice(0, 40))} is no word an agent takes`);
}
