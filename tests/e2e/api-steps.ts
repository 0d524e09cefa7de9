import { randomBytes } from 'node:crypto';
import { createToken } from '#domain/tokens/index.ts';
import { asSetUp } from '#ops/local/seed.ts';
import { ask } from '#tests/support/edge-requests.ts';
import { eventually } from '#tests/support/eventually.ts';
import type { TestPlatform } from '#tests/support/platform.ts';

type StorePerson = { slug: string; email: string; password: string };

export function demoOf(platform: TestPlatform): StorePerson {
  return { slug: 'demo', email: platform.report.demoEmail, password: platform.demoPassword };
}

/** Onboards a store as a program would, and resolves when it is live. */
export async function createLiveStore(platform: TestPlatform, slug: string): Promise<void> {
  const name = `e2e-${randomBytes(4).toString('hex')}`;
  const { secret } = await asSetUp(platform.database.url('bc_console'), (ctx) =>
    createToken(ctx, { name, role: 'operator' }),
  );
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json' };
  const admin = { name: 'Vera Lima', email: `vera@${slug}.example` };
  const body = JSON.stringify({ slug, name: `Loja ${slug}`, admin });
  const answer = await fetch(`${platform.consoleUrl}/api/v1/tenants`, { method: 'POST', headers, body });
  if (answer.status !== 202) throw new Error(`the store was not created: ${answer.status} ${await answer.text()}`);
  await eventually(async () => {
    const tenant = await fetch(`${platform.consoleUrl}/api/v1/tenants/${slug}`, { headers });
    return ((await tenant.json()) as { status: string }).status === 'live';
  });
}

/** A token of this person, as a program of the store would get it. */
export async function signInByApi(platform: TestPlatform, { slug, email, password }: StorePerson): Promise<string> {
  const answer = await ask(platform.edgeUrl, `${slug}.localhost`, '/auth/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (answer.status !== 200) throw new Error(`could not sign in: ${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

/** Sells one thing to somebody, from the quote to the counter's hand-over, as a program of the store would. */
export async function deliverSale(platform: TestPlatform, person: StorePerson): Promise<void> {
  const token = await signInByApi(platform, person);
  const send = async <T>(method: string, path: string, body: object = {}): Promise<T> => {
    const answer = await ask(platform.edgeUrl, `${person.slug}.localhost`, `/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  };
  type Made = { id: string };
  const customer = await send<Made>('POST', '/customers', { kind: 'PF', name: 'Cliente de balcão' });
  const product = await send<Made>('POST', '/products', { name: 'Cal hidratada', unit: 'SC', base_price: '18.5000' });
  const quote = await send<Made>('POST', '/quotes', { customer_id: customer.id });
  await send('PUT', `/quotes/${quote.id}/items`, { items: [{ product_id: product.id, quantity: '2.000' }] });
  for (const step of ['send', 'approve']) await send('POST', `/quotes/${quote.id}/${step}`);
  const order = await send<Made>('POST', `/quotes/${quote.id}/convert`);
  for (const status of ['preparing', 'ready', 'delivered'])
    await send('POST', `/orders/${order.id}/status`, { status });
}
