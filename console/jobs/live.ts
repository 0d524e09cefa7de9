import type { Request, Response } from 'express';
import { openEventStream } from '#platform/http/sse.ts';
import type { ConsoleContext } from '#console/context.ts';

/** NOTIFY is a hint that may get lost with its connection; a running job is looked at this often besides. */
const LOOK_EVERY_MS = 2000;

type Drawing = {
  /** Whether the notification of this job concerns the stream. */
  concerns: (jobId: string) => boolean;
  /** The piece of the page as it should be now. */
  draw: () => Promise<string>;
};

/**
 * Streams a piece of a page: once at the start, then whenever a job that concerns it has changed. Bursts of changes are
 * drawn once, and what looks the same is not sent again.
 */
export function streamJobs(ctx: ConsoleContext, req: Request, res: Response, { concerns, draw }: Drawing): void {
  const stream = openEventStream(req, res);
  let sent = '';
  let isDrawing = false;
  let isOutdated = false;
  const refresh = async () => {
    isOutdated = true;
    if (isDrawing) return;
    isDrawing = true;
    try {
      while (isOutdated) {
        isOutdated = false;
        const html = await draw();
        if (html !== sent) stream.send({ html });
        sent = html;
      }
    } catch (error) {
      // The browser comes back by itself, and polls meanwhile.
      ctx.log.warn({ err: error }, 'an event stream could not be drawn');
      stream.close();
    } finally {
      isDrawing = false;
    }
  };
  const timer = setInterval(() => void refresh(), LOOK_EVERY_MS);
  const unsubscribe = ctx.notifications.subscribe('jobs', (jobId) => {
    if (jobId === undefined || concerns(jobId)) void refresh();
  });
  stream.onClose(() => {
    clearInterval(timer);
    unsubscribe();
  });
  void refresh();
}
