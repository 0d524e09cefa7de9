import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MalformedRequest } from '#platform/errors.ts';
import { createCursorCodec, toPage } from '#platform/http/cursor.ts';

const codec = createCursorCodec('s'.repeat(32));

describe('cursors', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (key) => {
        assert.deepEqual(codec.decode(codec.encode(key)), key);
      }),
    );
  });

  it('are refused when changed, made up or signed by another', () => {
    const cursor = codec.encode(['2026-01-01', 'id']);
    const forged = `${Buffer.from('["2020"]').toString('base64url')}.${cursor.split('.')[1]}`;

    for (const bad of [forged, 'x', `${cursor}x.y`, createCursorCodec('t'.repeat(32)).encode(['a'])])
      assert.throws(() => codec.decode(bad), MalformedRequest);
  });

  it('walk every row of a list exactly once', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 10 }), (count, limit) => {
        const rows = Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const after = codec.decode(cursor)?.[0] ?? '';
          const page = toPage(rows.filter((row) => row > after).slice(0, limit + 1), limit, codec, (row) => [row]);
          seen.push(...page.items);
          assert.equal(page.has_more, page.next_cursor !== null);
          cursor = page.next_cursor ?? undefined;
        } while (cursor !== undefined);
        assert.deepEqual(seen, rows);
      }),
    );
  });
});
