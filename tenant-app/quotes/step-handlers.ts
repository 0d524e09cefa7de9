import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost } from '#platform/http/render.ts';
import type { Handler } from '#platform/http/routes.ts';
import { convertQuote } from '#domain/construction/orders/index.ts';
import { approveQuote, cancelQuote, rejectQuote, sendQuote } from '#domain/construction/quotes/index.ts';
import { idIn } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { refusalOf, viewOf } from '#tenant-app/forms/refusal.ts';
import { drawQuote } from './draw.ts';
import { conversionInput, optionalReasonInput, reasonInput } from './input.ts';

export const send = step((ctx, id) => sendQuote(ctx, id));
export const approve = step((ctx, id) => approveQuote(ctx, id));
export const reject = step((ctx, id, body) => rejectQuote(ctx, id, parseInput(optionalReasonInput, body).reason));
export const cancel = step((ctx, id, body) => cancelQuote(ctx, id, parseInput(reasonInput, body).reason));

export const convert: Handler<RequestContext> = step(async (ctx, id, body) => {
  const order = await convertQuote(ctx, id, parseInput(conversionInput, body));
  return `/web/orders/${order.id}`;
});

type Step = (ctx: RequestContext, id: string, body: unknown) => Promise<unknown>;

/** Takes a step and goes on to the quote, or to the address the step gives; a refusal is shown on the quote. */
function step(take: Step): Handler<RequestContext> {
  return async (ctx, req, res) => {
    const id = idIn(req);
    try {
      const next = await take(ctx, id, req.body);
      redirectAfterPost(req, res, typeof next === 'string' ? next : `/web/quotes/${id}`);
    } catch (error) {
      await drawQuote(ctx, req, res, { id, unfinished: { refusal: refusalOf(error, viewOf(res).t), form: 'step' } });
    }
  };
}
