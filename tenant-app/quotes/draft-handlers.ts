import type { Request, Response } from 'express';
import { parseInput } from '#platform/http/parse.ts';
import { isPartial, renderPartial } from '#platform/http/render.ts';
import { isId } from '#platform/ids.ts';
import type { Handler } from '#platform/http/routes.ts';
import { useWalkInCustomer } from '#domain/construction/customers/index.ts';
import {
  addItem,
  changeDraft,
  changeItem,
  removeItem,
  requireVisibleQuote,
} from '#domain/construction/quotes/index.ts';
import { idIn } from '#tenant-app/api/conventions.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import { textIn } from '#tenant-app/pages.ts';
import { refusalOf, viewOf } from '#tenant-app/forms/refusal.ts';
import { drawQuote, findCustomers, findProducts, type Unfinished } from './draw.ts';
import { itemChangesForm, itemForm, pickerInput, termsForm } from './input.ts';

export const searchCustomers: Handler<RequestContext> = async (ctx, req, res) => {
  await requireVisibleQuote(ctx, idIn(req));
  const query = queryOf(req);
  const results = await findCustomers(ctx, query);
  await renderPartial(res, 'tenant-app/quotes/_customer_results', { query, results });
};

export const searchProducts: Handler<RequestContext> = async (ctx, req, res) => {
  await requireVisibleQuote(ctx, idIn(req));
  const query = queryOf(req);
  const results = await findProducts(ctx, query, viewOf(res));
  await renderPartial(res, 'tenant-app/quotes/_product_results', { query, results });
};

export const chooseCustomer = onDraft('customer', async (ctx, req) => {
  const customerId = await chosen(req, 'customer_id', (q) => findCustomers(ctx, q));
  if (customerId === undefined) return { search: 'customer_q', focus: 'customer' };
  await changeDraft(ctx, idIn(req), { changes: { customerId } });
  return { focus: 'quantity' };
});

export const chooseWalkIn = onDraft('customer', async (ctx, req) => {
  const { id } = await useWalkInCustomer(ctx);
  await changeDraft(ctx, idIn(req), { changes: { customerId: id } });
  return { focus: 'quantity' };
});

export const addLine = onDraft('add', async (ctx, req, res) => {
  const productId = await chosen(req, 'product_id', (q) => findProducts(ctx, q, viewOf(res)));
  if (productId === undefined) return { search: 'product_q', focus: 'product' };
  await addItem(ctx, idIn(req), parseInput(itemForm, { ...(req.body as object), product_id: productId }));
  return { focus: 'quantity' };
});

export const changeLine = onDraft('line', async (ctx, req) => {
  const itemId = idIn(req, 'itemId');
  await changeItem(ctx, idIn(req), { itemId, ...parseInput(itemChangesForm, req.body) });
  return {};
});

export const removeLine = onDraft('line', async (ctx, req) => {
  await removeItem(ctx, idIn(req), idIn(req, 'itemId'));
  return { focus: 'quantity' };
});

export const saveTerms = onDraft('terms', async (ctx, req) => {
  await changeDraft(ctx, idIn(req), parseInput(termsForm, req.body));
  return {};
});

/** What a step left to do: look at `search` results first, or put the cursor somewhere. */
type Outcome = { search?: 'customer_q' | 'product_q'; focus?: Unfinished['focus'] };
type Step = (ctx: RequestContext, req: Request, res: Response) => Promise<Outcome>;

/**
 * What every change of a draft answers: htmx gets the screen drawn again, a browser without it is sent to the screen, and
 * a refusal is shown where it belongs with nothing typed lost.
 */
function onDraft(form: 'customer' | 'add' | 'line' | 'terms', step: Step): Handler<RequestContext> {
  return async (ctx, req, res) => {
    const id = idIn(req);
    const typed = (req.body ?? {}) as Record<string, unknown>;
    const source = form === 'line' ? idIn(req, 'itemId') : form;
    await requireVisibleQuote(ctx, id);
    try {
      const { search, focus } = await step(ctx, req, res);
      if (!isPartial(req)) res.redirect(303, addressOf(id, search, typed));
      else if (search) await drawQuote(ctx, req, res, { id, unfinished: { form: source, typed, focus } });
      else
        await drawQuote(ctx, req, res, {
          id,
          unfinished: { focus: focus ?? undefined, form: focus ? 'done' : 'kept' },
        });
    } catch (error) {
      const refusal = refusalOf(error, viewOf(res).t);
      await drawQuote(ctx, req, res, { id, unfinished: { refusal, form: source, typed } });
    }
  };
}

function addressOf(id: string, search: Outcome['search'], typed: Record<string, unknown>): string {
  const query = new URLSearchParams();
  if (search) query.set(search, textIn(typed, 'q'));
  if (search === 'product_q' && typed.quantity) query.set('quantity', textIn(typed, 'quantity'));
  if (search === 'customer_q') query.set('choose', '');
  return query.size === 0 ? `/web/quotes/${id}` : `/web/quotes/${id}?${query.toString()}`;
}

/**
 * The row that was picked, if it is sure which one is meant: its button belongs to results for just what is typed, or
 * what is typed fits one row only. A person who types faster than results arrive must not get another row.
 */
async function chosen(
  req: Request,
  name: string,
  search: (q: string) => Promise<{ id: string }[]>,
): Promise<string | undefined> {
  const { q, results_for: resultsFor } = parseInput(pickerInput, req.body);
  const picked = (req.body as Record<string, unknown>)[name];
  if (isId(picked) && q === resultsFor) return picked;
  const results = await search(q);
  return results.length === 1 ? results[0]!.id : undefined;
}

function queryOf(req: Request): string {
  return parseInput(pickerInput, req.query).q;
}
