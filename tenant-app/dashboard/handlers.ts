import type { Request, Response } from 'express';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import { readDashboard } from '#domain/construction/dashboard/index.ts';
import type { RequestContext } from '#tenant-app/context.ts';
import type { Formats } from '#tenant-app/formats.ts';
import { scopeIn } from '#tenant-app/guards.ts';
import { ownersFor } from './owners.ts';
import { presentDashboard } from './presenter.ts';

export async function showDashboard(ctx: RequestContext, req: Request, res: Response): Promise<void> {
  const dashboard = await readDashboard(ctx, ownersFor(ctx));
  const t = res.locals.t as Translate;
  const view = presentDashboard(dashboard, {
    t,
    format: res.locals.format as Formats,
    may: (permission) => scopeIn(ctx, permission) !== undefined,
  });
  await renderPage(req, res, 'tenant-app/dashboard/index', { title: t('dashboard:title'), ...view });
}
