import type { EventStream } from '#platform/http/sse.ts';
import type { Logger } from '#platform/log/index.ts';

export const REFRESH_MS = 2000;

/**
 * Sends what `draw` makes, now and every `everyMs` after, one after another however long it takes. When it fails the stream
 * is closed: the page says that it is reconnecting, asks for itself in the meantime and shows how old its figures are.
 */
export function pushRegularly(
  stream: EventStream,
  draw: () => Promise<string>,
  log: Logger,
  everyMs = REFRESH_MS,
): void {
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
    timer = setTimeout(pushOrClose, everyMs);
  };
  const pushOrClose = () => {
    push().catch((error: unknown) => {
      log.warn({ err: error }, 'live figures could not be drawn');
      stream.close();
    });
  };
  pushOrClose();
}
