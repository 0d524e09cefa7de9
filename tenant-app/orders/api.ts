import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { changeOrderStatus, getOrder, listOrders } from '#domain/construction/orders/index.ts';
import { idIn, once, pageOf, sendPage, sendResource } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { orderQuery, statusInput } from './input.ts';
import { toDetailsResource, toResource, toSummaryResource } from './resource.ts';

export async function list(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, status, limit, cursor } = parseInput(orderQuery, req.query);
  const page = await pageOf(ctx, {
    limit,
    cursor,
    list: (range) => listOrders(ctx, { q, status, ...range }),
    keyOf: (row) => [row.createdAt.toISOString(), row.id],
  });
  sendPage(res, page, toSummaryResource);
}

export async function show(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  sendResource(res, toDetailsResource(await getOrder(ctx, idIn(req))));
}

export const changeStatus = once(async (ctx, req) => {
  const order = await changeOrderStatus(ctx, idIn(req), parseInput(statusInput, req.body));
  return { status: 200, body: toResource(order) };
});
