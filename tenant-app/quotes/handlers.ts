import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import { createQuote, listQuotes, QUOTE_STATUSES } from '#domain/construction/quotes/index.ts';
import { idIn, pageOf } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { nextPage, SCREENFUL } from '#tenant-app/pages.ts';
import { viewOf } from '#tenant-app/forms/refusal.ts';
import { drawQuote } from './draw.ts';
import { newQuote, quoteQuery } from './input.ts';
import { presentRow } from './presenter.ts';

export async function indexQuotes(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const { q, status, cursor } = parseInput(quoteQuery, req.query);
  const page = await pageOf(ctx, {
    limit: SCREENFUL,
    cursor,
    list: (range) => listQuotes(ctx, { q, status, ...range }),
    keyOf: (row) => [row.createdAt.toISOString(), row.id],
  });
  const view = viewOf(res);
  const statuses = QUOTE_STATUSES.map((value) => ({ value, label: view.t(`quotes:status_${value}`) }));
  await renderPage(req, res, 'tenant-app/quotes/index', {
    title: view.t('quotes:title'),
    q,
    status: status ?? '',
    statuses: [{ value: '', label: view.t('sales:every_status') }, ...statuses],
    rows: page.items.map((row) => presentRow(row, view)),
    next: nextPage(req, page),
  });
}

/** Where links lead that cannot post: a draft is a document with a number, and opening an address must not make one. */
export async function newQuotePage(_ctx: RequestContext, req: Request, res: Response): Promise<void> {
  await renderPage(req, res, 'tenant-app/quotes/new', { title: viewOf(res).t('quotes:new') });
}

export async function openDraft(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const quote = await createQuote(ctx, parseInput(newQuote, req.body));
  redirectAfterPost(req, res, `/web/quotes/${quote.id}`);
}

export async function showQuote(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  await drawQuote(ctx, req, res, { id: idIn(req) });
}
