import assert from 'node:assert/strict';
import { observe, type ConditionState } from '#domain/alerts/hysteresis.ts';

const PATIENCE = { raiseAfterMs: 60_000, clearAfterMs: 60_000 };
const EVERY_S = 5;

/** What is done, and after how many seconds, when a condition is looked at every five seconds: `1` while true, `0` while not. */
function play(looks: string): string[] {
  let state: ConditionState | undefined;
  let isOpen = false;
  const told: string[] = [];
  for (const [n, look] of looks.split('').entries()) {
    if (look === '-') continue;
    const step = observe(state, { isTrue: look === '1', at: new Date(n * EVERY_S * 1000) }, PATIENCE);
    state = step.state;
    if (step.action === 'open' && !isOpen) told.push(`open at ${n * EVERY_S}`);
    if (step.action === 'resolve' && isOpen) told.push(`resolve at ${n * EVERY_S}`);
    if (step.action) isOpen = step.action === 'open';
  }
  return told;
}

describe('a watched condition', () => {
  const cases: [string, string, string[]][] = [
    ['that never holds', '0'.repeat(30), []],
    ['that holds from the start', '1'.repeat(30), ['open at 60']],
    ['that holds for 20 s', `00${'1'.repeat(4)}${'0'.repeat(30)}`, []],
    ['that holds for 55 s, again and again', `${'1'.repeat(12)}0`.repeat(5), []],
    ['that holds for 5 min', `0${'1'.repeat(60)}${'0'.repeat(30)}`, ['open at 65', 'resolve at 365']],
    ['that is over for a blip', `${'1'.repeat(20)}000${'1'.repeat(20)}`, ['open at 60']],
    ['that nobody looked at in between', `${'1'.repeat(6)}${'-'.repeat(10)}${'1'.repeat(6)}`, []],
    ['that one look missed', `${'1'.repeat(6)}--${'1'.repeat(6)}`, ['open at 60']],
  ];
  for (const [name, looks, told] of cases)
    it(`${name}: ${told.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(play(looks), told);
    });
});
