import type { SpawnedPlatform } from '#tests/support/spawned-platform.ts';
import { createWebClient, expectStatus, type WebClient } from '../web-client.ts';
import type { ApiClient } from './api-client.ts';
import { PAGES } from './console-pages.ts';

const SECONDS = 20;
const AT_ONCE = 4;

/**
 * Keeps every process busy for 20 s: staff of the demo store read pages and make quotes (which feeds relay and engines),
 * sign in again and again (auth), operators read the console, and stores are suspended and resumed (ops, edge).
 */
export async function loadPlatform(platform: SpawnedPlatform, api: ApiClient, operator: WebClient): Promise<void> {
  const until = performance.now() + SECONDS * 1000;
  const repeat = async (once: () => Promise<unknown>) => {
    while (performance.now() < until) await once();
  };
  const staff = await Promise.all(Array.from({ length: AT_ONCE }, () => signInToStore(platform)));
  await Promise.all([
    ...staff.map((client) => repeat(() => workInStore(client))),
    repeat(() => signInToStore(platform).then((client) => client.close())),
    repeat(() => readConsole(operator)),
    repeat(() => suspendAndResume(api)),
  ]);
  for (const client of staff) client.close();
}

async function signInToStore(platform: SpawnedPlatform): Promise<WebClient> {
  const { host } = new URL(platform.storeUrl('demo'));
  const client = createWebClient(`http://127.0.0.1:${platform.ports.LOCAL_EDGE_PORT}`, host);
  await client.get('/auth/login');
  const fields = { email: 'admin@demo.localhost', password: platform.demoPassword, next: '/web/dashboard' };
  // Signing in is limited per address; a refusal is part of the load.
  await client.post('/auth/login/form', fields);
  return client;
}

async function workInStore(client: WebClient): Promise<void> {
  for (const page of ['/web/dashboard', '/web/quotes', '/web/products', '/web/customers']) await client.get(page);
  await client.post('/web/quotes', {});
}

async function readConsole(client: WebClient): Promise<void> {
  for (const page of PAGES) expectStatus(await client.get(page), 200, page);
}

async function suspendAndResume(api: ApiClient): Promise<void> {
  await api('POST', '/tenants/present-1/suspension', { reason: 'bench' });
  await api('DELETE', '/tenants/present-1/suspension');
}
