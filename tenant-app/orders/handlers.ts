import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import {
  allowedSteps,
  changeOrderStatus,
  getOrder,
  listOrders,
  ORDER_STATUSES,
} from '#domain/construction/orders/index.ts';
import { idIn, pageOf } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { scopeIn } from '#tenant-app/guards.ts';
import { nextPage, SCREENFUL } from '#tenant-app/pages.ts';
import { refusalOf, viewOf, type Refusal } from '#tenant-app/forms/refusal.ts';
import { orderQuery, statusInput } from './input.ts';
import { presentOrder, presentRow } from './presenter.ts';

export async function indexOrders(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, status, cursor } = parseInput(orderQuery, req.query);
  const page = await pageOf(ctx, {
    limit: SCREENFUL,
    cursor,
    list: (range) => listOrders(ctx, { q, status, ...range }),
    keyOf: (row) => [row.createdAt.toISOString(), row.id],
  });
  const view = viewOf(res);
  const statuses = ORDER_STATUSES.map((value) => ({ value, label: view.t(`orders:status_${value}`) }));
  await renderPage(req, res, 'tenant-app/orders/index', {
    title: view.t('orders:title'),
    q,
    status: status ?? '',
    statuses: [{ value: '', label: view.t('sales:every_status') }, ...statuses],
    rows: page.items.map((row) => presentRow(row, view)),
    next: nextPage(req, page),
  });
}

export async function showOrder(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  await drawOrder(ctx, req, res, idIn(req));
}

export async function advanceOrder(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  try {
    await changeOrderStatus(ctx, id, parseInput(statusInput, req.body));
    redirectAfterPost(req, res, `/web/orders/${id}`);
  } catch (error) {
    await drawOrder(ctx, req, res, id, refusalOf(error, viewOf(res).t));
  }
}

async function drawOrder(
  ctx: RequestContext,
  req: Request,
  res: Response,
  id: string,
  refusal?: Refusal,
): Promise<void> {
  const details = await getOrder(ctx, id);
  const order = presentOrder(details, {
    view: viewOf(res),
    steps: allowedSteps(ctx, details.order),
    mayReadCustomer: scopeIn(ctx, 'customer.read') !== undefined,
  });
  const locals = { title: order.number, order, refusal: refusal?.message };
  await renderPage(req, res, 'tenant-app/orders/show', locals, refusal?.status);
}
