import type { Request, Response } from 'express';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import { parseInput } from '#platform/http/parse.ts';
import {
  changeCustomer,
  createCustomer,
  getCustomer,
  listCustomers,
  setCustomerActive,
  type Customer,
} from '#domain/construction/customers/index.ts';
import { mayTouch } from '#domain/construction/row-access/index.ts';
import { idIn, pageOf } from '#tenant-app/api/conventions.ts';
import { safeNext } from '#tenant-app/auth/safe-next.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { nextPage, SCREENFUL, versionIn } from '#tenant-app/pages.ts';
import { refusalOf, viewOf, type Refusal } from '#tenant-app/forms/refusal.ts';
import { customerChanges, customerQuery, newCustomer } from './input.ts';
import { presentForm, presentRow, valuesOf } from './presenter.ts';

export async function indexCustomers(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, active, cursor } = parseInput(customerQuery, req.query);
  const page = await pageOf(ctx, {
    limit: SCREENFUL,
    cursor,
    list: (range) => listCustomers(ctx, { q, active, ...range }),
    keyOf: (row) => [row.nameSearch, row.id],
  });
  const view = viewOf(res);
  await renderPage(req, res, 'tenant-app/customers/index', {
    title: view.t('customers:title'),
    q,
    rows: page.items.map((row) => presentRow(row, view)),
    next: nextPage(req, page),
  });
}

export async function newCustomerForm(_ctx: RequestContext, req: Request, res: Response): Promise<void> {
  await drawNew(req, res, { name: req.query.name ?? '' });
}

export async function addCustomer(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  try {
    const customer = await createCustomer(ctx, parseInput(newCustomer, req.body));
    redirectAfterPost(req, res, `/web/customers/${customer.id}?saved`);
  } catch (error) {
    await drawNew(req, res, req.body as Record<string, unknown>, refusalOf(error, viewOf(res).t));
  }
}

export async function showCustomer(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const customer = await getCustomer(ctx, idIn(req));
  await drawExisting(ctx, req, res, { customer, values: { ...valuesOf(customer), next: req.query.next } });
}

export async function saveCustomer(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  try {
    const changes = parseInput(customerChanges, req.body);
    await changeCustomer(ctx, id, { version: versionIn(req), changes });
    const { next } = req.body as { next?: unknown };
    redirectAfterPost(req, res, safeNext(next, `/web/customers/${id}?saved`));
  } catch (error) {
    const refusal = refusalOf(error, viewOf(res).t);
    const customer = await getCustomer(ctx, id);
    // Whoever sends the form again has read the warning: it goes on from the version that is there now.
    const values = { ...(req.body as Record<string, unknown>), version: customer.version };
    await drawExisting(ctx, req, res, { customer, values, refusal });
  }
}

export async function deactivateCustomer(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { id } = await setCustomerActive(ctx, idIn(req), false);
  redirectAfterPost(req, res, `/web/customers/${id}`);
}

export async function reactivateCustomer(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { id } = await setCustomerActive(ctx, idIn(req), true);
  redirectAfterPost(req, res, `/web/customers/${id}`);
}

async function drawNew(req: Request, res: Response, values: Record<string, unknown>, refusal?: Refusal): Promise<void> {
  const view = viewOf(res);
  const locals = { title: view.t('customers:new'), form: presentForm({ values, refusal }, view) };
  await renderPage(req, res, 'tenant-app/customers/new', locals, refusal?.status);
}

type Drawn = { customer: Customer; values: Record<string, unknown>; refusal?: Refusal };

async function drawExisting(
  ctx: RequestContext,
  req: Request,
  res: Response,
  { customer, values, refusal }: Drawn,
): Promise<void> {
  const view = viewOf(res);
  const locals = {
    title: customer.name,
    id: customer.id,
    isActive: customer.active,
    isSaved: 'saved' in req.query,
    mayEdit: mayTouch(ctx, 'customer.edit', customer.createdBy),
    form: presentForm({ values, refusal }, view),
  };
  await renderPage(req, res, 'tenant-app/customers/show', locals, refusal?.status);
}
