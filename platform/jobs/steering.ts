/**
 * Thrown by a step to end its job for good: nothing is tried again, what was done is undone. `code` is stable snake_case,
 * `message` is what the operator reads.
 */
export class CancelJob extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CancelJob';
    this.code = code;
  }
}

/** Thrown by a step that is not ready yet: it is begun again after `ms`, and the try is not counted. */
export class SnoozeJob extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super(`not ready, again in ${ms} ms`);
    this.name = 'SnoozeJob';
    this.ms = ms;
  }
}
