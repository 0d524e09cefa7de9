import { setTimeout as pause } from 'node:timers/promises';

/** Three times the longest lease: only a failing test waits this long, a busy machine must not make one fail. */
const PATIENCE_MS = 15_000;

/**
 * Tries `fn` until it neither throws nor gives a falsy value, and returns that value. Throws its last error when the time
 * is over. Only for effects in another process, which gives us no signal to await.
 */
export async function eventually<T>(
  fn: () => T | Promise<T>,
  { timeoutMs = PATIENCE_MS, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown = new Error('the condition never held');
  for (;;) {
    try {
      const value = await fn();
      if (value) return value;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw new Error(`Not true within ${timeoutMs} ms`, { cause: failure });
    await pause(intervalMs);
  }
}
