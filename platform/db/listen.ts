import pg from 'pg';
import type { Logger } from '#platform/log/index.ts';

type Options = {
  url: string;
  applicationName: string;
  channels: string[];
  onNotification: (channel: string, payload: string) => void;
  /** Called after each (re)connection: whatever was notified while away was missed, so look for yourself. */
  onConnected?: () => void;
  log: Logger;
};

type Listener = {
  /** Resolves when the server answers on this connection, rejects when it does not or the connection is lost. */
  ping: () => Promise<void>;
  stop(): Promise<void>;
};

const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 3000;

/**
 * Holds one connection that LISTENs and reconnects for ever. NOTIFY is a hint that saves a poll, never the only way to
 * learn of something: the callers poll as well.
 */
export function listenTo(options: Options): Listener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const retry = (error?: Error) => {
    if (stopped || timer) return;
    if (error) options.log.warn({ err: error }, 'the listening connection was lost');
    client?.removeAllListeners('end');
    timer = setTimeout(() => {
      timer = undefined;
      void connect();
    }, RECONNECT_MS);
  };

  const connect = async () => {
    const next = createClient(options);
    client = next;
    next.on('error', retry);
    next.on('end', () => retry());
    next.on('notification', (message) => options.onNotification(message.channel, message.payload ?? ''));
    try {
      await next.connect();
      for (const channel of options.channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
      options.onConnected?.();
    } catch (error) {
      retry(error as Error);
    }
  };

  void connect();
  return {
    async ping() {
      await client!.query('select 1');
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      client?.removeAllListeners('end');
      await client?.end();
    },
  };
}

function createClient({ url, applicationName }: Options): pg.Client {
  return new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
}
