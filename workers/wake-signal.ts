export type WakeSignal = {
  /** Wakes whoever waits; when nobody does, the next wait returns at once, so that no wake-up is lost. */
  raise: () => void;
  /** Resolves when raised, after `timeoutMs`, or when `stop` aborts. */
  wait(timeoutMs: number, stop: AbortSignal): Promise<void>;
};

/** Lets a loop sleep until there is work. */
export function createWakeSignal(): WakeSignal {
  let isRaised = false;
  let wake: (() => void) | undefined;
  return {
    raise() {
      isRaised = true;
      wake?.();
    },
    async wait(timeoutMs, stop) {
      if (!isRaised) await pause(timeoutMs, stop, (end) => (wake = end));
      wake = undefined;
      isRaised = false;
    },
  };
}

/** Sleeps for `ms`, or until `stop` aborts; `expose` may hand out a way to end it early. */
export async function pause(ms: number, stop: AbortSignal, expose?: (end: () => void) => void): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, ms);
  stop.addEventListener('abort', end);
  expose?.(end);
  await promise;
  clearTimeout(timer);
  stop.removeEventListener('abort', end);
}
