import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import {
  changeProduct,
  createProduct,
  getProduct,
  listPriceChanges,
  listProducts,
  listUnits,
  setProductActive,
  type Product,
} from '#domain/construction/products/index.ts';
import { idIn, pageOf } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { nextPage, SCREENFUL, versionIn } from '#tenant-app/pages.ts';
import { refusalOf, viewOf, type Refusal } from '#tenant-app/forms/refusal.ts';
import { productChangesForm, productForm, productQuery } from './input.ts';
import { presentForm, presentPriceChange, presentRow, valuesOf } from './presenter.ts';

export async function indexProducts(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, active, cursor } = parseInput(productQuery, req.query);
  const page = await pageOf(ctx, {
    limit: SCREENFUL,
    cursor,
    list: (range) => listProducts(ctx, { q, active, ...range }),
    keyOf: (row) => [row.nameSearch, row.id],
  });
  const view = viewOf(res);
  await renderPage(req, res, 'tenant-app/products/index', {
    title: view.t('products:title'),
    q,
    rows: page.items.map((row) => presentRow(row, view)),
    next: nextPage(req, page),
  });
}

export async function newProductForm(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  await drawNew(ctx, req, res, { values: { name: req.query.name ?? '' } });
}

export async function addProduct(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  try {
    const product = await createProduct(ctx, parseInput(productForm, req.body));
    redirectAfterPost(req, res, `/web/products/${product.id}?saved`);
  } catch (error) {
    const refusal = refusalOf(error, viewOf(res).t);
    await drawNew(ctx, req, res, { values: req.body as Record<string, unknown>, refusal });
  }
}

export async function showProduct(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const product = await getProduct(ctx, idIn(req));
  await drawExisting(ctx, req, res, { product, values: valuesOf(product) });
}

export async function saveProduct(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const id = idIn(req);
  try {
    await changeProduct(ctx, id, { version: versionIn(req), ...parseInput(productChangesForm, req.body) });
    redirectAfterPost(req, res, `/web/products/${id}?saved`);
  } catch (error) {
    const refusal = refusalOf(error, viewOf(res).t);
    const product = await getProduct(ctx, id);
    // Whoever sends the form again has read the warning: it goes on from the version that is there now.
    const values = { ...(req.body as Record<string, unknown>), version: product.version };
    await drawExisting(ctx, req, res, { product, values, refusal });
  }
}

export async function deactivateProduct(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { id } = await setProductActive(ctx, idIn(req), false);
  redirectAfterPost(req, res, `/web/products/${id}`);
}

export async function reactivateProduct(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { id } = await setProductActive(ctx, idIn(req), true);
  redirectAfterPost(req, res, `/web/products/${id}`);
}

type Filled = { values: Record<string, unknown>; refusal?: Refusal };

async function drawNew(ctx: RequestContext, req: Request, res: Response, { values, refusal }: Filled): Promise<void> {
  const view = viewOf(res);
  const form = presentForm({ values, refusal, units: await listUnits(ctx) }, view);
  await renderPage(req, res, 'tenant-app/products/new', { title: view.t('products:new'), form }, refusal?.status);
}

async function drawExisting(
  ctx: RequestContext,
  req: Request,
  res: Response,
  { product, values, refusal }: Filled & { product: Product },
): Promise<void> {
  const view = viewOf(res);
  const history = await listPriceChanges(ctx, product.id);
  const locals = {
    title: product.name,
    id: product.id,
    isActive: product.active,
    isSaved: 'saved' in req.query,
    form: presentForm({ values, refusal, units: await listUnits(ctx) }, view),
    history: history.map((change) => presentPriceChange(change, view)),
  };
  await renderPage(req, res, 'tenant-app/products/show', locals, refusal?.status);
}
