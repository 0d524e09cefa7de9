import type { Request, Response } from 'express';
import { z } from 'zod';
import { planPending, requestPublication } from '#domain/edge/index.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { carryOut } from '#console/edge/carry-out.ts';
import { confirmedForm, readEdgeForm } from '#console/edge/forms.ts';
import { viewerOf } from '#console/edge/viewer.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { toPlanView } from './presenter.ts';

const slugs = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().filter(Boolean))
  .default([]);

/** `store` once or several times; without it everything that is pending. */
const planQuery = z.object({ store: slugs });
const publicationForm = confirmedForm.extend({ store: slugs });

export async function showPlan(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { store } = parseInput(planQuery, req.query);
  await draw(ctx, req, res, { stores: store, values: {}, errors: {} });
}

export async function publish(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const values = req.body as Record<string, unknown>;
  const form = readEdgeForm(publicationForm, values, t);
  const { store: stores } = parseInput(planQuery, values);
  if (!form.ok) return draw(ctx, req, res, { stores, values, errors: form.errors }, 422);
  const { reason, shown } = form.value;
  await carryOut(
    async () => {
      const { jobIds } = await requestPublication(ctx, { slugs: chosen(stores), reason, shown });
      await setFlash(req, { tone: 'success', text: t('publications:requested', { count: jobIds.length }) });
      redirectAfterPost(req, res, jobIds.length === 1 ? `/jobs/${jobIds[0]}` : '/jobs');
    },
    () => draw(ctx, req, res, { stores, values, errors: {}, hasChanged: true }, 409),
  );
}

const chosen = (stores: readonly string[]) => (stores.length > 0 ? stores : undefined);

type Form = {
  stores: readonly string[];
  values: Record<string, unknown>;
  errors: Record<string, unknown>;
  hasChanged?: boolean;
};

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { stores, values, errors, hasChanged = false }: Form,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const plan = await planPending(ctx, { slugs: chosen(stores) });
  const locals = {
    title: viewer.t('publications:title'),
    plan: toPlanView(plan, viewer),
    stores,
    values,
    errors,
    hasChanged,
    mayPublish: viewer.may('on_call'),
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/edge/publications/plan', locals, status);
}
