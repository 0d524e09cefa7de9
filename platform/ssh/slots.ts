type Waiter = { resolve: (release: () => void) => void; reject: (reason: unknown) => void };

/** A counting gate, first come first served. */
export class Slots {
  readonly #size: number;
  readonly #waiting = new Set<Waiter>();
  #taken = 0;
  #onEmpty: (() => void) | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  get isIdle(): boolean {
    return this.#taken === 0 && this.#waiting.size === 0;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves with the function that gives the slot back; rejects with the signal's reason when it aborts first. */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#taken < this.#size) return this.#hand();
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const waiter = { resolve, reject };
    const giveUp = () => {
      this.#waiting.delete(waiter);
      reject(signal?.reason);
    };
    this.#waiting.add(waiter);
    signal?.addEventListener('abort', giveUp, { once: true });
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Turns all who wait away; slots that are taken stay taken. */
  turnAway(reason: unknown): void {
    for (const waiter of this.#waiting) waiter.reject(reason);
    this.#waiting.clear();
  }

  /** Resolves when no slot is taken. */
  async whenEmpty(): Promise<void> {
    if (this.#taken === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    await promise;
  }

  #hand(): () => void {
    this.#taken += 1;
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.#taken -= 1;
      this.#passOn();
    };
  }

  #passOn(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next.resolve(this.#hand());
    } else if (this.#taken === 0) {
      this.#onEmpty?.();
    }
  }
}
