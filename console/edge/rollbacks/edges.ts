import type { Request, Response } from 'express';
import { listEdges } from '#domain/droplets/index.ts';
import { planRollback, rollBackTo } from '#domain/edge/index.ts';
import { readForm } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { carryOut } from '#console/edge/carry-out.ts';
import { viewerOf } from '#console/edge/viewer.ts';
import { edgesQuery, fieldMoment, readEdgesForm, typedMoment } from './forms.ts';
import { toRollbackView } from './presenter.ts';

/** Asks for a time and, once there is one, shows exactly which stores would change. */
export async function planEdges(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  if (req.query.at === undefined) return draw(ctx, req, res, { at: undefined, values: {}, errors: {} });
  const form = readForm(edgesQuery(t, ctx.clock.now()), req.query);
  if (form.ok) await draw(ctx, req, res, { at: form.value.at, values: {}, errors: {} });
  else await draw(ctx, req, res, { at: undefined, ...form }, 422);
}

export async function rollBackEdges(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const values = req.body as Record<string, unknown>;
  const now = ctx.clock.now();
  const { at, order, errors } = readEdgesForm(values, { t: viewerOf(ctx, res).t, now });
  if (!order) return draw(ctx, req, res, { at, values, errors }, 422);
  const { reason: why, shown } = order;
  await carryOut(
    async () => redirectAfterPost(req, res, `/jobs/${await rollBackTo(ctx, order.at, { why, shown })}`),
    () => draw(ctx, req, res, { at, values, errors: {}, hasChanged: true }, 409),
  );
}

type Form = {
  at: Date | undefined;
  values: Record<string, unknown>;
  errors: Record<string, unknown>;
  hasChanged?: boolean;
};

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { at, values, errors, hasChanged = false }: Form,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const locals = {
    title: viewer.t('rollbacks:edges_title'),
    at,
    typed: at && typedMoment(at),
    values: { ...values, at: at ? fieldMoment(at) : (values.at ?? '') },
    errors,
    hasChanged,
    plan: at && toRollbackView(await planRollback(ctx, at), viewer),
    edges: (await listEdges(ctx)).map(({ name }) => name),
    mayRollBack: viewer.may('operator'),
  };
  await renderPage(req, res, 'console/edge/rollbacks/edges', locals, status);
}
