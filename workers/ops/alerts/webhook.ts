import { createHmac } from 'node:crypto';
import type { DueDelivery } from '#domain/alerts/index.ts';
import { clientFor } from '#platform/http/node-http.ts';
import { toMessage } from './message.ts';

type Webhook = { url: string; secret: string; environment: string; consoleUrl: string };

const ANSWER_WITHIN_MS = 10_000;

/**
 * POSTs a notice as JSON. `X-BaseCommerce-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of `<seconds>.<body>`, so that
 * whoever receives it knows it is ours and fresh; `X-BaseCommerce-Delivery` is the same when it is sent again. Resolves when
 * it was taken with a 2xx; follows no redirect.
 */
export function postNotice(webhook: Webhook, delivery: DueDelivery, now: Date): Promise<void> {
  const body = JSON.stringify({ id: delivery.id, ...toMessage(delivery, webhook), alert: toJson(delivery) });
  const seconds = Math.floor(now.getTime() / 1000);
  const signature = createHmac('sha256', webhook.secret).update(`${seconds}.${body}`).digest('hex');
  return post(new URL(webhook.url), body, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-BaseCommerce-Delivery': delivery.id,
    'X-BaseCommerce-Signature': `t=${seconds},v1=${signature}`,
  });
}

function toJson({ alert }: DueDelivery): object | null {
  if (!alert) return null;
  const { openedAt, resolvedAt, ...sameName } = alert;
  return { ...sameName, opened_at: openedAt.toISOString(), resolved_at: resolvedAt?.toISOString() ?? null };
}

function post(url: URL, body: string, headers: Record<string, string | number>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const req = clientFor(url).request(url, { method: 'POST', headers, signal: limit, agent: false }, (res) => {
    res.resume();
    const { statusCode = 0 } = res;
    if (statusCode >= 200 && statusCode < 300) resolve();
    else reject(new Error(`the webhook answered ${statusCode}`));
  });
  req.on('error', (error) => reject(limit.aborted ? new Error('the webhook did not answer within 10 s') : error));
  req.end(body);
  return promise;
}
