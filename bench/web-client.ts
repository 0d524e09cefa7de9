import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

type Answer = { status: number; location: string | undefined; body: string };

/** A browser without a screen: keeps cookies, follows nothing, finds the CSRF token of the page it saw last. */
export type WebClient = {
  get(path: string): Promise<Answer>;
  /** Posts a form with the CSRF token of the last page. */
  post(path: string, fields: Record<string, string>): Promise<Answer>;
  close(): void;
};

/** `origin` is where to connect, `host` the name to ask for: a store's host needs no DNS entry. */
export function createWebClient(origin: string, host = new URL(origin).host): WebClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const cookies = new Map<string, string>();
  let csrf = '';

  const send = async (method: string, path: string, body?: string): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const headers = {
      host,
      accept: 'text/html',
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(body !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      }),
    };
    const outgoing = request(new URL(path, origin), { method, headers, agent }, (response) => {
      for (const line of response.headers['set-cookie'] ?? []) remember(line);
      readAnswer(response).then(resolve, reject);
    });
    outgoing.on('error', reject).end(body);
    const answer = await promise;
    csrf = /name="_csrf" value="([^"]+)"/.exec(answer.body)?.[1] ?? csrf;
    return answer;
  };

  const remember = (line: string) => {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    cookies.set(name!, value!);
  };

  return {
    get: (path) => send('GET', path),
    post: (path, fields) => send('POST', path, new URLSearchParams({ _csrf: csrf, ...fields }).toString()),
    close: () => agent.destroy(),
  };
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  return { status: response.statusCode!, location: response.headers.location, body: await text(response) };
}

/** Throws with the page's own words when an answer has another status than expected. */
export function expectStatus(answer: Answer, status: number, what: string): Answer {
  if (answer.status === status) return answer;
  const words = answer.body
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300);
  throw new Error(`${what} answered ${answer.status} instead of ${status}: ${words}`);
}
