import assert from 'node:assert/strict';
import { isId, newId } from '#platform/ids.ts';

describe('newId', () => {
  it('sorts in the order of making, also within a millisecond and when the clock goes back', () => {
    const now = Date.now() + 1000;

    const ids = [...Array.from({ length: 10_000 }, () => newId(now)), newId(now - 500), newId(now + 60_000)];

    assert.deepEqual(ids.toSorted(), ids);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('is a UUID of version 7 that tells its time', () => {
    const at = Date.now() + 3_600_000;

    const id = newId(at);

    assert.ok(isId(id));
    assert.match(id, /^.{14}7.{4}[89ab]/);
    assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), at);
  });
});

describe('isId', () => {
  it('accepts lower-case UUIDs and nothing else', () => {
    for (const text of ['', 'x', newId().toUpperCase(), `${newId()} `, newId().replaceAll('-', ''), undefined, 7])
      assert.equal(isId(text), false);
  });
});
