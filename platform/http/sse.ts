import type { Request, Response } from 'express';

export type EventStream = {
  /** Sends one message. Unnamed messages are swapped by htmx; `id` comes back as Last-Event-ID after a reconnect. */
  send(message: { html: string; id?: string; event?: string }): void;
  /** Runs when the browser went away or `close` was called; undo subscriptions here. */
  onClose(fn: () => void): void;
  close(): void;
};

/** Proxies close silent connections after a minute or so; a comment line keeps the stream open. */
const PING_MS = 15_000;
/** The browser comes back by itself, and is asked anew who it is: nobody watches on after being signed out. */
const LIVES_MS = 5 * 60_000;

/** Turns a response into a server-sent event stream. */
export function openEventStream(req: Request, res: Response): EventStream {
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  res.flushHeaders();
  // Between our end and the browser's close somebody may still have something to say; that is no error.
  const write = (text: string) => void (res.writableEnded || res.write(text));
  const ping = setInterval(() => write(': ping\n\n'), PING_MS);
  const end = setTimeout(() => res.end(), LIVES_MS);
  const closers: (() => void)[] = [() => clearInterval(ping), () => clearTimeout(end)];
  req.on('close', () => closers.splice(0).forEach((fn) => fn()));
  return {
    send({ html, id, event }) {
      const lines = [...(id === undefined ? [] : [`id: ${id}`]), ...(event === undefined ? [] : [`event: ${event}`])];
      write([...lines, ...html.split('\n').map((line) => `data: ${line}`), '', ''].join('\n'));
    },
    onClose: (fn) => void closers.push(fn),
    close: () => void res.end(),
  };
}
