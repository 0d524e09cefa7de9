import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

/** The least that an app can do, in a thread of its own: what is measured must not wait for it. */
const server = createServer((_req, res) => res.end('ok'));
server.listen(0, '127.0.0.1', () => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
