import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { convertQuote } from '#domain/construction/orders/index.ts';
import {
  approveQuote,
  cancelQuote,
  changeDraft,
  createQuote,
  getQuote,
  listQuotes,
  previewQuote,
  rejectQuote,
  replaceItems,
  sendQuote,
} from '#domain/construction/quotes/index.ts';
import { idIn, once, pageOf, sendPage, sendResource, underIfMatch } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { toResource as toOrderResource } from '#tenant-app/orders/resource.ts';
import {
  conversionInput,
  draftBody,
  itemsBody,
  newQuote,
  optionalReasonInput,
  previewBody,
  quoteQuery,
  reasonInput,
} from './input.ts';
import { toPreviewResource, toResource, toSummaryResource } from './resource.ts';

export async function list(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, status, limit, cursor } = parseInput(quoteQuery, req.query);
  const page = await pageOf(ctx, {
    limit,
    cursor,
    list: (range) => listQuotes(ctx, { q, status, ...range }),
    keyOf: (row) => [row.createdAt.toISOString(), row.id],
  });
  sendPage(res, page, toSummaryResource);
}

export const create = once(async (ctx, req) => {
  const quote = await createQuote(ctx, parseInput(newQuote, req.body));
  return { status: 201, body: await resourceOf(ctx, quote.id) };
});

export async function show(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  sendResource(res, await resourceOf(ctx, idIn(req)));
}

export async function update(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  const changes = parseInput(draftBody, req.body);
  await underIfMatch(req, (version) => changeDraft(ctx, id, { version, changes }));
  sendResource(res, await resourceOf(ctx, id));
}

export async function putItems(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  const { items } = parseInput(itemsBody, req.body);
  await underIfMatch(req, (version) => replaceItems(ctx, id, { version, items }));
  sendResource(res, await resourceOf(ctx, id));
}

export function preview(_ctx: RequestContext, req: Request, res: Response): void {
  const { lines, head } = parseInput(previewBody, req.body);
  res.json(toPreviewResource(previewQuote(lines, head)));
}

export const send = step((ctx, id) => sendQuote(ctx, id));
export const approve = step((ctx, id) => approveQuote(ctx, id));
export const reject = step((ctx, id, body) => rejectQuote(ctx, id, parseInput(optionalReasonInput, body).reason));
export const cancel = step((ctx, id, body) => cancelQuote(ctx, id, parseInput(reasonInput, body).reason));

export const convert = once(async (ctx, req) => {
  const order = await convertQuote(ctx, idIn(req), parseInput(conversionInput, req.body));
  return { status: 200, body: toOrderResource(order) };
});

function step(take: (ctx: RequestContext, id: string, body: unknown) => Promise<unknown>) {
  return once(async (ctx, req) => {
    const id = idIn(req);
    await take(ctx, id, req.body);
    return { status: 200, body: await resourceOf(ctx, id) };
  });
}

async function resourceOf(ctx: RequestContext, id: string) {
  return toResource(await getQuote(ctx, id));
}
