import assert from 'node:assert/strict';
import type { Browser } from './console.ts';

/** The messages of an event stream, as the browser that is signed in gets them. End it with `return(undefined)`. */
export async function* followStream(
  { server, browser }: { server: { url: string }; browser: Browser },
  path: string,
): AsyncGenerator<string> {
  const cookies = browser.jar.getCookies({ path: '/', domain: '127.0.0.1', secure: false, script: false });
  const ended = new AbortController();
  const headers = { cookie: cookies.toValueString() };
  const response = await fetch(server.url + path, { headers, signal: ended.signal });
  assert.match(response.headers.get('content-type')!, /^text\/event-stream/);
  let text = '';
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const message = text.slice(0, end);
        text = text.slice(end + 2);
        if (!message.startsWith(':')) yield message;
      }
    }
  } finally {
    ended.abort();
  }
}

/** The next message that has this in it. Throws when the stream ends before. */
export async function nextWith(messages: AsyncGenerator<string>, pattern: RegExp): Promise<string> {
  for (;;) {
    const { value, done } = await messages.next();
    if (done) throw new Error(`the stream ended before ${String(pattern)}`);
    if (pattern.test(value)) return value;
  }
}
