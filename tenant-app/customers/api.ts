import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import {
  changeCustomer,
  createCustomer,
  getCustomer,
  listCustomers,
  setCustomerActive,
  type CustomerSummary,
} from '#domain/construction/customers/index.ts';
import { idIn, once, pageOf, sendPage, sendResource, underIfMatch } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { customerChanges, customerQuery, newCustomer, toResource } from './input.ts';

export async function list(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, active, limit, cursor } = parseInput(customerQuery, req.query);
  const page = await pageOf(ctx, {
    limit,
    cursor,
    list: (range) => listCustomers(ctx, { q, active, ...range }),
    keyOf: (row) => [row.nameSearch, row.id],
  });
  sendPage(res, page, ({ nameSearch: _key, ...row }: CustomerSummary) => row);
}

export const create = once(async (ctx, req) => {
  const customer = await createCustomer(ctx, parseInput(newCustomer, req.body));
  return { status: 201, body: toResource(customer) };
});

export async function show(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  sendResource(res, toResource(await getCustomer(ctx, idIn(req))));
}

export async function update(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  const changes = parseInput(customerChanges, req.body);
  const customer = await underIfMatch(req, (version) => changeCustomer(ctx, id, { version, changes }));
  sendResource(res, toResource(customer));
}

export async function deactivate(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  sendResource(res, toResource(await setCustomerActive(ctx, idIn(req), false)));
}
