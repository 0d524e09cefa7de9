import type { AppError } from '#platform/errors.ts';
import type { Clock } from '#platform/clock.ts';

const FAILURES_TO_OPEN = 3;
const OPEN_MS = 10_000;

/**
 * Stops trying a machine that failed to connect 3 times in a row: for 10 s callers learn at once what they would
 * otherwise wait 5 s for. After that one try decides (half-open): success closes it, failure opens it for 10 s more.
 */
export class CircuitBreaker {
  readonly #clock: Clock;
  #failures = 0;
  #openUntilMs = 0;
  #lastError: AppError | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Failures in a row, and why the last one failed. */
  get record(): { failures: number; lastError: AppError | undefined } {
    return { failures: this.#failures, lastError: this.#lastError };
  }

  /** Undefined when a connection may be tried now. */
  refusal(): { lastError: AppError; retryInMs: number } | undefined {
    const retryInMs = this.#openUntilMs - this.#clock.now().getTime();
    if (retryInMs <= 0 || !this.#lastError) return undefined;
    return { lastError: this.#lastError, retryInMs };
  }

  succeeded(): void {
    this.#failures = 0;
    this.#openUntilMs = 0;
    this.#lastError = undefined;
  }

  failed(error: AppError): void {
    this.#failures += 1;
    this.#lastError = error;
    if (this.#failures >= FAILURES_TO_OPEN) this.#openUntilMs = this.#clock.now().getTime() + OPEN_MS;
  }
}
