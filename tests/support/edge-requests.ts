import { createHash } from 'node:crypto';
import { request, createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { SshCommand } from '#platform/ssh/index.ts';

export type EdgeAnswer = {
  status: number;
  headers: IncomingHttpHeaders;
  /** Names in lower case, each as often as it was sent. */
  headerNames: string[];
  body: string;
};

type AskOptions = { method?: string; headers?: Record<string, string>; body?: string };

/** One request to the edge as if `host` were its name; `fetch` would not let us choose the Host header. */
export function ask(edgeUrl: string, host: string, path: string, options: AskOptions = {}): Promise<EdgeAnswer> {
  const { hostname, port } = new URL(edgeUrl);
  const { method = 'GET', headers = {}, body } = options;
  const { promise, resolve, reject } = Promise.withResolvers<EdgeAnswer>();
  const call = request({ hostname, port, path, method, headers: { ...headers, host }, agent: false }, (answer) => {
    text(answer).then(
      (body) =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          headerNames: answer.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
          body,
        }),
      reject,
    );
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}

export type EchoServer = { address: string; seen: IncomingHttpHeaders[]; stop(): Promise<void> };

/** Stands where the app and auth would: answers with what reached it, calls it HTML to who asks for that, adds these headers. */
export async function startEchoServer(answerHeaders: Record<string, string> = {}): Promise<EchoServer> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    seen.push(req.headers);
    const type = req.headers.accept === 'text/html' ? 'text/html' : 'application/json';
    res.setHeaders(new Map(Object.entries({ 'Content-Type': type, ...answerHeaders })));
    res.end(JSON.stringify({ path: req.url, headers: req.headers }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, seen, stop: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

type TenantState = 'live' | 'suspended';

/** One line of a bundle; `fields` go into the store's JSON, `expected` is what it replaces (`any` unless said). */
export type Change = { slug: string; state: TenantState | 'absent'; fields?: object; expected?: string };

/** The bytes that {@link bundleCommand} puts for a store. */
export function documentOf(slug: string, fields: object = {}): string {
  return JSON.stringify({ slug, ...fields });
}

/** The verb that brings all of these changes in place, or none. */
export function bundleCommand(changes: readonly Change[]): SshCommand & { args: string[]; stdin: Buffer } {
  return bodyCommand('put', changes.map((change) => `${lineOf(change)}\n`).join(''));
}

function lineOf({ slug, state, fields, expected = 'any' }: Change): string {
  if (state === 'absent') return `remove ${slug} ${expected}`;
  const document = documentOf(slug, fields);
  return `put ${slug} ${state} ${sha256(document)} ${expected} ${document}`;
}

/** The verb that puts one store's file in place, whatever is there. */
export function putCommand(slug: string, state: TenantState, fields: object = {}) {
  return bundleCommand([{ slug, state, fields }]);
}

/** A verb that announces its body's size and sum before whatever else it takes. */
export function bodyCommand(verb: string, body: string, ...args: string[]) {
  const stdin = Buffer.from(body);
  return { verb, args: [String(stdin.length), sha256(stdin), ...args], stdin };
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
