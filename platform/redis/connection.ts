import { Redis } from 'ioredis';
import type { Logger } from '#platform/log/index.ts';

/** One connection. Only the functions of this folder look inside. */
export type RedisConnection = {
  readonly client: Redis;
  /** Resolves when the server answers, rejects with the reason when it does not. */
  ping: () => Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  url: string;
  /** What `CLIENT LIST` shows an operator. */
  name: string;
  log: Logger;
};

/** Units: ms. The command limit is above the longest BLOCK a reader asks for. */
const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 5000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;

/**
 * Opens a connection that reconnects for ever and never ends the process. While it is away each command fails at once,
 * and none is sent again by itself: whoever asked decides, since a resent XADD could land in a Redis that has lost its
 * data meanwhile, and a page must not hang on an outage. Rejects with the reason when the first connection fails, unless
 * `optional` lets the process start without Redis.
 */
export async function openRedis({ url, name, log }: Options, { optional = false } = {}): Promise<RedisConnection> {
  const client = new Redis(url, {
    connectionName: name,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) =>
      Math.min(FIRST_RETRY_MS * 2 ** Math.min(times, 10), LONGEST_RETRY_MS) + Math.random() * 50,
  });
  const outage = watchOutage(client, log);
  try {
    await client.connect();
  } catch (error) {
    if (!optional) {
      client.disconnect();
      // ioredis rejects with "Connection is closed"; why it was closed is in the error event before.
      throw outage.reason() ?? error;
    }
  }
  return {
    client,
    async ping() {
      if (client.status !== 'ready') throw outage.reason() ?? new Error('Redis is not connected');
      await client.ping();
    },
    stop: async () => client.disconnect(),
  };
}

/** One line when Redis goes and one when it is back, instead of one for each attempt in between. */
function watchOutage(client: Redis, log: Logger): { reason(): Error | undefined } {
  let reason: Error | undefined;
  client.on('error', (error) => {
    if (!reason) log.warn({ err: error }, 'Redis does not answer, reconnecting');
    reason = error;
  });
  client.on('ready', () => {
    if (reason) log.info({}, 'Redis is back');
    reason = undefined;
  });
  return { reason: () => reason };
}
