import type { Request, Response } from 'express';
import { getRevision, planTenantRollback, rollBackTenant } from '#domain/edge/index.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { carryOut } from '#console/edge/carry-out.ts';
import { readEdgeForm } from '#console/edge/forms.ts';
import { numberIn } from '#console/edge/revisions/forms.ts';
import { viewerOf } from '#console/edge/viewer.ts';
import { storeForm, storeQuery } from './forms.ts';
import { toRollbackView } from './presenter.ts';

/** What one store would say again. */
export async function planStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { store } = parseInput(storeQuery, req.query);
  await draw(ctx, req, res, { store, values: {}, errors: {} });
}

export async function rollBackStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const values = req.body as Record<string, unknown>;
  const { store } = parseInput(storeQuery, values);
  const form = readEdgeForm(storeForm, values, viewerOf(ctx, res).t);
  if (!form.ok) return draw(ctx, req, res, { store, values, errors: form.errors }, 422);
  const { reason: why, shown } = form.value;
  const revision = numberIn(req.params.number) ?? 0;
  await carryOut(
    async () =>
      redirectAfterPost(req, res, `/jobs/${await rollBackTenant(ctx, { idOrSlug: store, revision, why, shown })}`),
    () => draw(ctx, req, res, { store, values, errors: {}, hasChanged: true }, 409),
  );
}

type Form = { store: string; values: Record<string, unknown>; errors: Record<string, unknown>; hasChanged?: boolean };

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { store, values, errors, hasChanged = false }: Form,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const { number, createdAt } = await getRevision(ctx, numberIn(req.params.number));
  const { tenant, ...plan } = await planTenantRollback(ctx, { idOrSlug: store, revision: number });
  const locals = {
    title: viewer.t('rollbacks:store_title', { slug: tenant.slug, number }),
    store: { id: tenant.id, slug: tenant.slug },
    revision: { number, createdAt },
    plan: toRollbackView(plan, viewer),
    values,
    errors,
    hasChanged,
    mayRollBack: viewer.may('operator'),
  };
  await renderPage(req, res, 'console/edge/rollbacks/store', locals, status);
}
