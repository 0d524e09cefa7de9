import { randomBytes } from 'node:crypto';

let lastMs = 0;
let sequence = 0;
const LAST_SEQUENCE = 0xfff;

/**
 * A UUIDv7 (RFC 9562 §5.7 and §6.2, method 1): 48 bits of milliseconds, a 12-bit sequence within the millisecond, 62 random
 * bits. The ids of one process sort in the order in which they were made, so rows of one instant keep their order and index
 * pages fill from the right.
 */
export function newId(nowMs: number = Date.now()): string {
  nextInstant(nowMs);
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  const hex = bytes.toString('hex');
  // The two highest bits of the ninth byte are 10, the variant of RFC 9562.
  const variant = ((bytes[8]! & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20)}`;
}

/** Never goes back, even when the clock does: a full millisecond, or one that comes again, borrows from the next. */
function nextInstant(nowMs: number): void {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = 0;
  } else if (sequence < LAST_SEQUENCE) {
    sequence += 1;
  } else {
    lastMs += 1;
    sequence = 0;
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for a lower-case UUID; ids from a URL are checked with it before they reach a uuid column. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}
