import type { RedisConnection } from './connection.ts';

const CLAIMED_AT_ONCE = 1000;
/** More than a shard holds: of a consumer that is given more and more, the rest is for the next command. */
const MOST_CLAIMED = 100_000;

type Claim = { stream: string; group: string; from: string; to: string };

/** Gives everything that one consumer has in hand to another, without counting a delivery; returns how many entries. */
export async function claimFrom({ client }: RedisConnection, { stream, group, from, to }: Claim): Promise<number> {
  let claimed = 0;
  while (claimed < MOST_CLAIMED) {
    const pending = (await client.xpending(stream, group, '-', '+', CLAIMED_AT_ONCE, from)) as [id: string][];
    if (pending.length === 0) break;
    const ids = pending.map(([id]) => id);
    // An entry that was trimmed meanwhile is dropped from the list of the pending and not answered.
    await client.xclaim(stream, group, to, 0, ...ids, 'JUSTID');
    claimed += ids.length;
  }
  return claimed;
}

/** In one step, because an entry may be given to the consumer between a look and the removal, and would be lost with it. */
const REMOVE_CONSUMER = `
  for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local consumer = {}
    for i = 1, #flat, 2 do consumer[flat[i]] = flat[i + 1] end
    if consumer['name'] == ARGV[2] then
      if consumer['pending'] > 0 then return 'has_pending' end
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
      return 'removed'
    end
  end
  return 'unknown_consumer'`;

/** Removes a consumer that has nothing in hand. */
export async function removeConsumer(
  { client }: RedisConnection,
  { stream, group, consumer }: { stream: string; group: string; consumer: string },
): Promise<'removed' | 'has_pending' | 'unknown_consumer'> {
  return (await client.eval(REMOVE_CONSUMER, 1, stream, group, consumer)) as
    'removed' | 'has_pending' | 'unknown_consumer';
}
