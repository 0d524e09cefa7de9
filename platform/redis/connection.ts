import type { Redis } from 'ioredis';
import { toError, Unavailable } from '#platform/errors.ts';
import type { Logger } from '#platform/log/index.ts';

/** One connection. Only the functions of this folder look inside. */
export type RedisConnection = {
  /** Throws {@link Unavailable} with the reason while the server is away. */
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
 * data meanwhile, and a page must not hang on an outage. Throws {@link Unavailable} `redis_unavailable` when the first
 * connection fails, unless `optional` lets the process start without Redis.
 */
export async function openRedis({ url, name, log }: Options, { optional = false } = {}): Promise<RedisConnection> {
  // 4 MB, which a process that only reads what others know of Redis need not keep.
  const { Redis: Client } = await import('ioredis');
  const client = new Client(url, {
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
      throw unavailable(url, outage.reason() ?? toError(error));
    }
  }
  const connection: RedisConnection = {
    get client() {
      if (client.status !== 'ready') throw unavailable(url, outage.reason() ?? new Error('not connected yet'));
      return client;
    },
    async ping() {
      await connection.client.ping();
    },
    stop: async () => client.disconnect(),
  };
  return connection;
}

/** Names the place without the password that its URL holds. */
function unavailable(url: string, reason: NodeJS.ErrnoException): Unavailable {
  const { host, pathname } = new URL(url);
  const why = reason.code ?? reason.message;
  return new Unavailable('redis_unavailable', `Redis at ${host}${pathname} does not answer (${why}).`, {
    cause: reason,
  });
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
