import type { Request, Response } from 'express';
import type { Edge } from '#domain/droplets/index.ts';
import { getEdgeNamed, listReloads, reloadKey, requestReload, type Reload } from '#domain/edge/index.ts';
import { listSchedules } from '#domain/schedules/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import { actorName } from '#console/actors.ts';
import type { ConsoleContext } from '#console/context.ts';
import { readEdgeForm, reasonForm } from '#console/edge/forms.ts';
import { edgeIn, viewerOf, type Viewer } from '#console/edge/viewer.ts';

const PAGE_SIZE = 50;

export async function listEdgeReloads(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { edge: await getEdgeNamed(ctx, edgeIn(req)), values: {}, errors: {} });
}

export async function reload(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const edge = await getEdgeNamed(ctx, edgeIn(req));
  const form = readEdgeForm(reasonForm, req.body, viewerOf(ctx, res).t);
  if (!form.ok) return draw(ctx, req, res, { edge, ...form }, 422);
  const jobId = await requestReload(ctx, { dropletId: edge.id, reason: form.value.reason });
  redirectAfterPost(req, res, `/jobs/${jobId}`);
}

type Form = { edge: Edge; values: Record<string, unknown>; errors: Record<string, unknown> };

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { edge, values, errors }: Form,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const cursor = typeof req.query.cursor === 'string' ? req.query.cursor : undefined;
  const rows = await listReloads(ctx, { dropletId: edge.id, limit: PAGE_SIZE, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, reloadKey);
  const schedules = await listSchedules(ctx, { work: 'reload_edges' });
  const locals = {
    title: viewer.t('edge:reloads_of', { edge: edge.name }),
    edge: edge.name,
    lines: page.items.map((reload) => toReloadLine(reload, viewer)),
    next:
      page.next_cursor && `/edge/${edge.name}/reloads?${new URLSearchParams({ cursor: page.next_cursor }).toString()}`,
    schedules: schedules.map(({ id, name, nextDueAt }) => ({ href: `/schedules/${id}`, name, nextDueAt })),
    mayReload: viewer.may('on_call'),
    values,
    errors,
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/edge/reloads/index', locals, status);
}

function toReloadLine({ id, at, author, reason, jobId, durationMs, errorMessage }: Reload, { t, locale }: Viewer) {
  return {
    id: `reload-${id}`,
    at,
    author: actorName(author, t),
    reason,
    jobHref: jobId && `/jobs/${jobId}`,
    took: t('edge:ms', { value: new Intl.NumberFormat(locale).format(durationMs) }),
    look: errorMessage === undefined ? 'ok' : 'failed',
    label: t(errorMessage === undefined ? 'edge:reload_done' : 'edge:reload_refused'),
    error: errorMessage,
  };
}
