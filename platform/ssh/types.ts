import type { AppError } from '#platform/errors.ts';

/** A machine as its enrolment recorded it. */
export type SshTarget = {
  /** What people call it; errors and logs say it. */
  name: string;
  host: string;
  port: number;
  username: string;
  /** The pinned key, `ssh-ed25519 AAAA…`. Another key on the wire means nothing is sent. */
  hostKey: string;
  /** File name, below the pool's `keysDir`, of the private key to log in with. */
  keyName: string;
};

/** A verb of the agent (ops/agent/README.md). Words hold only `a-z 0-9 . _ : -`, so joining them is unambiguous. */
export type SshCommand = {
  verb: string;
  args?: readonly string[];
  stdin?: Buffer;
  /** Counts from when the verb has a channel of its own, not while it waits for one. Default 15 s. */
  timeoutMs?: number;
  /** Gives up, also while waiting. `run` then rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Called with what the agent prints on either stream, as it comes. */
  onOutput?: (text: string) => void;
  /** False for a verb that may print without end: its standard output goes to `onOutput` alone. */
  keepsOutput?: boolean;
};

/**
 * What a verb that succeeded printed, and how long the machine took from the request to the end. A verb that did not succeed
 * rejects with {@link AgentRefused}.
 */
export type SshResult = { stdout: string; stderr: string; elapsedMs: number };

/**
 * idle: nothing to do, no connection; connecting; open; failing: the last try failed, the next verb tries again;
 * resting: it failed several times in a row, and no verb is let through before `retryAt`.
 */
export type ConnectionState = 'idle' | 'connecting' | 'open' | 'failing' | 'resting';

/** The connection to one machine as it is now. */
export type ConnectionReport = {
  target: SshTarget;
  state: ConnectionState;
  since: Date;
  /** Verbs that have a channel, and verbs that wait for one. */
  running: number;
  waiting: number;
  /** Tries that failed in a row, and why the last of them did. */
  failures: number;
  lastError: AppError | undefined;
  retryAt: Date | undefined;
};
