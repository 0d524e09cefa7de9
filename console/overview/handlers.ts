import type { Request, Response } from 'express';
import { judge, readOverview } from '#domain/overview/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { hasNoStore, toActivityLines, toAlertLines, toTiles, toVerdictLine } from './presenter.ts';

export async function showOverview(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const overview = await readOverview(ctx, ctx.redis);
  await renderPage(req, res, 'console/overview/index', {
    title: t('frame:overview'),
    verdict: toVerdictLine(judge(overview), overview.alerts, t),
    tiles: toTiles(overview, t),
    alerts: overview.alerts.known ? toAlertLines(overview.alerts.value) : [],
    activity: overview.activity.known ? toActivityLines(overview.activity.value, t) : [],
    hasNoStore: hasNoStore(overview),
    asOf: ctx.clock.now(),
  });
}
