import type { Request, Response } from 'express';
import { readStreams } from '#domain/streams/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import { render, renderPage, renderPartial } from '#platform/http/render.ts';
import { openEventStream } from '#platform/http/sse.ts';
import type { ConsoleContext } from '#console/context.ts';
import { pushRegularly } from './live.ts';
import { presentStreams, type StreamView } from './presenter.ts';

export async function showStreams(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const title = (res.locals.t as Translate)('streams:title');
  await renderPage(req, res, 'console/streams/index', { title, streams: await readViews(ctx, res) });
}

/** The figures alone: what the page asks for itself while its event stream is down. */
export async function showFigures(ctx: ConsoleContext, _req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/_figures', { streams: await readViews(ctx, res) });
}

export function followStreams(ctx: ConsoleContext, req: Request, res: Response): void {
  const draw = async () => render(res, 'console/streams/_figures', { streams: await readViews(ctx, res) });
  pushRegularly(openEventStream(req, res), draw, ctx.log);
}

async function readViews(ctx: ConsoleContext, res: Response): Promise<StreamView[]> {
  const reports = await readStreams(ctx, ctx.redis);
  return presentStreams(reports, { t: res.locals.t as Translate, locale: res.locals.locale as Locale });
}
