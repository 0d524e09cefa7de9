import type { Request, Response } from 'express';
import {
  bulkStoreKey,
  confirmBulkAction,
  countRefusals,
  getBulkPlan,
  listBulkStores,
  planBulkAction,
  type BulkPlan,
} from '#domain/bulk-actions/index.ts';
import { AppError } from '#platform/errors.ts';
import { toPage } from '#platform/http/cursor.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { toQueryString } from '#console/tenants/directory/query.ts';
import { readStoreForm } from '#console/tenants/forms.ts';
import { viewerOf } from '#console/tenants/viewer.ts';
import { choiceForm, confirmationForm, selectionOf } from './forms.ts';
import { toPlanLine, toPlanView, toRefusals } from './presenter.ts';

const PAGE_SIZE = 50;
/** Of stores that are left alone so many are named; the rest is counted. */
const NAMED = 200;

export async function planAction(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const form = parseInput(choiceForm, req.body);
  const { q, status, plan, proof } = form;
  try {
    const id = await planBulkAction(ctx, { action: form.action, selection: selectionOf(form) });
    redirectAfterPost(req, res, addressOf(id));
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 422) throw error;
    await setFlash(req, { tone: 'warning', text: viewerOf(ctx, res).t(`errors:${error.code}`) });
    redirectAfterPost(req, res, `/tenants${toQueryString({ q, status, plan, proof })}`);
  }
}

export async function showBulkPlan(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { plan: await getBulkPlan(ctx, idOf(req)), values: {}, errors: {} });
}

export async function confirmPlan(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const plan = await getBulkPlan(ctx, idOf(req));
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readStoreForm(confirmationForm(plan.action), values, t);
  const isTyped = plan.action !== 'suspend' || values.confirmation === String(plan.counts.stores);
  const errors = {
    ...(!form.ok && form.errors),
    ...(!isTyped && { confirmation: { message: t('bulk:wrong_confirmation') } }),
  };
  if (!form.ok || !isTyped) return draw(ctx, req, res, { plan, values, errors }, 422);
  const reason = form.value.reason || t('bulk:no_reason');
  const { jobId, changed } = await confirmBulkAction(ctx, plan.id, { reason });
  if (changed.length > 0)
    await setFlash(req, { tone: 'warning', text: t('bulk:left_alone_flash', { count: changed.length }) });
  redirectAfterPost(req, res, changed.length > 0 ? addressOf(plan.id) : `/jobs/${jobId}`);
}

type Form = { plan: BulkPlan; values: Record<string, unknown>; errors: Record<string, unknown> };

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { plan, values, errors }: Form,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const after = ctx.cursors.decode(typeof req.query.cursor === 'string' ? req.query.cursor : undefined);
  const rows = await listBulkStores(ctx, plan.id, { which: 'meant', limit: PAGE_SIZE, ...(after && { after }) });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, bulkStoreKey);
  const refused = await listBulkStores(ctx, plan.id, { which: 'refused', limit: NAMED });
  const changed = await listBulkStores(ctx, plan.id, { which: 'changed', limit: NAMED });
  const locals = {
    ...toPlanView(plan, viewer),
    lines: page.items.map((store) => toPlanLine(store, viewer)),
    next: page.next_cursor && `${addressOf(plan.id)}${toQueryString({ cursor: page.next_cursor })}`,
    refusals: toRefusals(await countRefusals(ctx, plan.id), refused, viewer),
    changed: changed.map(({ slug, tenantId }) => ({ slug, href: `/tenants/${tenantId}` })),
    values,
    errors,
  };
  await renderPage(req, res, 'console/tenants/bulk-actions/show', locals, status);
}

const addressOf = (planId: string) => `/tenants/bulk-actions/${planId}`;
const idOf = (req: Request) => String(req.params.id);
