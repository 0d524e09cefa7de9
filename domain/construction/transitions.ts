import { Conflict } from '#platform/errors.ts';

/** Which states may follow which. A state with no followers is final. */
export type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

/**
 * True when going from `from` to `to` is a step, false when it is where the document already stands: a repeated request
 * must answer the same and change nothing. Throws Conflict `invalid_transition` for any other pair.
 */
export function isStep<S extends string>(transitions: Transitions<S>, from: S, to: S): boolean {
  if (from === to) return false;
  if (transitions[from].includes(to)) return true;
  throw new Conflict('invalid_transition', `This cannot go from ${from} to ${to}.`);
}
