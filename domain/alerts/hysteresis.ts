/** Whether a watched condition holds, since when it is so, and when that was last seen. */
export type ConditionState = { isTrue: boolean; since: Date; seenAt: Date };

/** Units: ms. A blip of this length says nothing, in either direction. */
export type Patience = { raiseAfterMs: number; clearAfterMs: number };

/** Nobody looked for so long that what was before is no evidence of what was meanwhile. Units: ms. */
const BLIND_MS = 30_000;

type Step = { state: ConditionState; action: 'open' | 'resolve' | undefined };

/**
 * What a look at a condition changes: it must have been true without a break for `raiseAfterMs` before its alert opens, and
 * false for `clearAfterMs` before that is resolved.
 */
export function observe(
  before: ConditionState | undefined,
  { isTrue, at }: { isTrue: boolean; at: Date },
  { raiseAfterMs, clearAfterMs }: Patience,
): Step {
  const isSame = before?.isTrue === isTrue && at.getTime() - before.seenAt.getTime() <= BLIND_MS;
  const state = { isTrue, since: isSame ? before.since : at, seenAt: at };
  const heldMs = at.getTime() - state.since.getTime();
  if (isTrue) return { state, action: heldMs >= raiseAfterMs ? 'open' : undefined };
  return { state, action: heldMs >= clearAfterMs ? 'resolve' : undefined };
}
