import { createHmac, timingSafeEqual } from 'node:crypto';
import { MalformedRequest } from '#platform/errors.ts';

/** A page of a list. `next_cursor` is null on the last page. */
export type Page<T> = { items: T[]; next_cursor: string | null; has_more: boolean };

/** The sort key and id of the last row shown, as text: the next page begins after it. */
export type Keyset = readonly string[];

export type CursorCodec = { encode(key: Keyset): string; decode(cursor: string | undefined): Keyset | undefined };

const MAC_BYTES = 12;

/** Opaque cursors, signed so that a client can neither read meaning into one nor make one up. */
export function createCursorCodec(secret: string): CursorCodec {
  const mac = (payload: string) =>
    createHmac('sha256', `${secret}:cursor`).update(payload).digest().subarray(0, MAC_BYTES).toString('base64url');
  return {
    encode(key) {
      const payload = Buffer.from(JSON.stringify(key)).toString('base64url');
      return `${payload}.${mac(payload)}`;
    },
    decode(cursor) {
      if (cursor === undefined || cursor === '') return undefined;
      const [payload = '', signature = ''] = cursor.split('.', 2);
      const [given, right] = [Buffer.from(signature), Buffer.from(mac(payload))];
      if (given.length !== right.length || !timingSafeEqual(given, right))
        throw new MalformedRequest('bad_cursor', 'The cursor is not one of ours. Start again without it.');
      return JSON.parse(Buffer.from(payload, 'base64url').toString()) as string[];
    },
  };
}

/** Makes a page of `limit` items out of up to `limit + 1` rows that the listing fetched. */
export function toPage<T>(rows: T[], limit: number, codec: CursorCodec, keyOf: (row: T) => Keyset): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items, next_cursor: hasMore ? codec.encode(keyOf(last)) : null, has_more: hasMore };
}
