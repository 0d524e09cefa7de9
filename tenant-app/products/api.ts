import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import {
  changeProduct,
  createProduct,
  getProduct,
  listPriceChanges,
  listProducts,
  listUnits,
  setProductActive,
} from '#domain/construction/products/index.ts';
import { idIn, once, pageOf, sendPage, sendResource, underIfMatch } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import {
  productBody,
  productChangesBody,
  productQuery,
  toPriceResource,
  toResource,
  toSummaryResource,
} from './input.ts';

export async function list(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, active, limit, cursor } = parseInput(productQuery, req.query);
  const page = await pageOf(ctx, {
    limit,
    cursor,
    list: (range) => listProducts(ctx, { q, active, ...range }),
    keyOf: (row) => [row.nameSearch, row.id],
  });
  sendPage(res, page, toSummaryResource);
}

export const create = once(async (ctx, req) => {
  const product = await createProduct(ctx, parseInput(productBody, req.body));
  return { status: 201, body: toResource(product) };
});

export async function show(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  sendResource(res, toResource(await getProduct(ctx, idIn(req))));
}

export async function update(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  const change = parseInput(productChangesBody, req.body);
  const product = await underIfMatch(req, (version) => changeProduct(ctx, id, { version, ...change }));
  sendResource(res, toResource(product));
}

export async function deactivate(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  sendResource(res, toResource(await setProductActive(ctx, idIn(req), false)));
}

export async function priceHistory(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { id } = await getProduct(ctx, idIn(req));
  const changes = await listPriceChanges(ctx, id);
  res.json({ items: changes.map(toPriceResource), next_cursor: null, has_more: false });
}

export async function units(ctx: RequestContext, _req: Request, res: Response): Promise<void> {
  res.json({ items: await listUnits(ctx), next_cursor: null, has_more: false });
}
