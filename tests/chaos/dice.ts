export type Dice = {
  /** A number from 0 up to and without `below`. */
  roll(below: number): number;
  pick<T>(from: readonly T[]): T;
};

/** The same throws for the same seed, so that a storm can be had again. Mulberry32, by Tommy Ettinger, public domain. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    roll: (below) => Math.floor(next() * below),
    pick: (from) => from[Math.floor(next() * from.length)]!,
  };
}
