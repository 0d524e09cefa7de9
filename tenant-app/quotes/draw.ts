import type { Request, Response } from 'express';
import { renderPage } from '#platform/http/render.ts';
import { listCustomers } from '#domain/construction/customers/index.ts';
import { suggestForCart } from '#domain/construction/insights/index.ts';
import { findOrderByQuote } from '#domain/construction/orders/index.ts';
import { listProducts } from '#domain/construction/products/index.ts';
import { allowedQuoteSteps, discountLimitOf, getQuote, type QuoteDetails } from '#domain/construction/quotes/index.ts';
import { mayTouch } from '#domain/construction/row-access/index.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { scopeIn } from '#tenant-app/guards.ts';
import { textIn } from '#tenant-app/pages.ts';
import { viewOf, type Refusal, type View } from '#tenant-app/forms/refusal.ts';
import { presentDraft } from './draft-presenter.ts';
import { presentOffer } from './offer-presenter.ts';
import { presentCustomerResult, presentProductResult, presentSuggestion } from './presenter.ts';

/** What a screen remembers of an unfinished step: what was typed, where, and why it was not taken. */
export type Unfinished = {
  refusal?: Refusal | undefined;
  /** The form that was sent: `add`, `terms`, `customer` or the id of a line. */
  form?: string;
  typed?: Record<string, unknown>;
  /** What the next key press is for. */
  focus?: 'customer' | 'product' | 'quantity' | undefined;
};

/** Draws the quote as it is now: the counter screen while it is a draft of this person's, what was offered otherwise. */
export async function drawQuote(
  ctx: RequestContext,
  req: Request,
  res: Response,
  { id, unfinished = {} }: { id: string; unfinished?: Unfinished },
): Promise<void> {
  const details = await getQuote(ctx, id);
  const isEditable = details.status === 'draft' && mayTouch(ctx, 'quote.create', details.quote.salespersonId);
  const body = isEditable
    ? await draftBody(ctx, req, res, { details, unfinished })
    : await offerBody(ctx, res, details);
  const status = unfinished.refusal?.status ?? 200;
  // Morphing keeps what was typed; after a conflict the screen must show what is there.
  if (status === 409) res.set('HX-Reswap', 'outerHTML');
  const refusal = unfinished.refusal?.message;
  await renderPage(
    req,
    res,
    'tenant-app/quotes/show',
    { title: details.quote.number, isEditable, refusal, ...body },
    status,
  );
}

async function draftBody(
  ctx: RequestContext,
  req: Request,
  res: Response,
  { details, unfinished }: { details: QuoteDetails; unfinished: Unfinished },
) {
  const { form, typed = {} } = unfinished;
  const customerQuery = form === 'customer' ? textIn(typed, 'q') : textIn(req.query, 'customer_q');
  const productQuery = form === 'add' ? textIn(typed, 'q') : textIn(req.query, 'product_q');
  const draft = presentDraft(details, {
    view: viewOf(res),
    limitPct: discountLimitOf(ctx),
    isChoosing: 'choose' in req.query || details.customer === undefined,
    unfinished,
  });
  return {
    draft,
    customers: { query: customerQuery, results: await findCustomers(ctx, customerQuery) },
    products: {
      query: productQuery,
      quantity: textIn(form === 'add' ? typed : req.query, 'quantity'),
      results: await findProducts(ctx, productQuery, viewOf(res)),
    },
    suggestions: await findSuggestions(ctx, details, viewOf(res)),
  };
}

/** What others took with what is in the quote; for those who may see what the sales engine says. */
async function findSuggestions(ctx: RequestContext, { items }: QuoteDetails, view: View) {
  if (items.length === 0 || scopeIn(ctx, 'insights.sales') === undefined) return [];
  const rows = await suggestForCart(
    ctx,
    items.map((item) => item.productId),
  );
  return rows.map((row) => presentSuggestion(row, view));
}

async function offerBody(ctx: RequestContext, res: Response, details: QuoteDetails) {
  const order = details.status === 'converted' ? await findOrderByQuote(ctx, details.quote.id) : undefined;
  return { offer: presentOffer(details, { view: viewOf(res), steps: allowedQuoteSteps(ctx, details.quote), order }) };
}

const SHOWN_RESULTS = 8;

/** Nothing typed, nothing shown: a list of strangers helps nobody. */
export async function findCustomers(ctx: RequestContext, q: string) {
  if (q === '') return [];
  const rows = await listCustomers(ctx, { q, active: true, limit: SHOWN_RESULTS });
  return rows.slice(0, SHOWN_RESULTS).map((row) => presentCustomerResult(row));
}

export async function findProducts(ctx: RequestContext, q: string, view: View) {
  if (q === '') return [];
  const rows = await listProducts(ctx, { q, active: true, limit: SHOWN_RESULTS });
  return rows.slice(0, SHOWN_RESULTS).map((row) => presentProductResult(row, view));
}
