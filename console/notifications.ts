import { listenTo } from '#platform/db/index.ts';
import type { Logger } from '#platform/log/index.ts';

/** Channels on which the database tells that something changed; see the migrations that notify. */
const CHANNELS = ['jobs'] as const;
type Channel = (typeof CHANNELS)[number];

export type Notifications = {
  /**
   * Calls `listener` with the payload of each notification, and with undefined after a (re)connection, when anything may
   * have changed unseen. Returns the function that ends it.
   */
  subscribe(channel: Channel, listener: (payload: string | undefined) => void): () => void;
  stop(): Promise<void>;
};

type Options = { url: string; applicationName: string; log: Logger };

/** One LISTEN connection for all event streams of the process. */
export function openNotifications({ url, applicationName, log }: Options): Notifications {
  const listeners = new Map<string, Set<(payload: string | undefined) => void>>(
    CHANNELS.map((channel) => [channel, new Set()]),
  );
  const connection = listenTo({
    url,
    applicationName,
    channels: [...CHANNELS],
    onNotification: (channel, payload) => listeners.get(channel)?.forEach((listener) => listener(payload)),
    onConnected: () => listeners.forEach((ofChannel) => ofChannel.forEach((listener) => listener(undefined))),
    log,
  });
  return {
    subscribe(channel, listener) {
      const ofChannel = listeners.get(channel)!;
      ofChannel.add(listener);
      return () => void ofChannel.delete(listener);
    },
    stop: () => connection.stop(),
  };
}
