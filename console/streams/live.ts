import type { EventStream } from '#platform/http/sse.ts';
import type { Logger } from '#platform/log/index.ts';

/** Units: ms. */
export const REFRESH_MS = 2000;
/** The browser then connects anew, so that somebody who was signed out meanwhile does not go on watching. */
const LONGEST_LIFE_MS = 10 * 60_000;

/**
 * Sends what `draw` makes, now and every two seconds, one after another however long it takes. When it fails the stream
 * is closed: the page says that it is reconnecting, asks for itself in the meantime and shows how old its figures are.
 */
export function pushRegularly(stream: EventStream, draw: () => Promise<string>, log: Logger): void {
  const endsAt = performance.now() + LONGEST_LIFE_MS;
  let timer: NodeJS.Timeout | undefined;
  let isOpen = true;
  stream.onClose(() => {
    isOpen = false;
    clearTimeout(timer);
  });
  const push = async () => {
    const html = await draw();
    if (!isOpen) return;
    stream.send({ html });
    if (performance.now() > endsAt) stream.close();
    else timer = setTimeout(pushOrClose, REFRESH_MS);
  };
  const pushOrClose = () => {
    push().catch((error: unknown) => {
      log.warn({ err: error }, 'live figures could not be drawn');
      stream.close();
    });
  };
  pushOrClose();
}
