import type { Request, Response } from 'express';
import { CONSTRUCTION_STREAM } from '#domain/events/index.ts';
import { HISTORY_RANGES, readHistory } from '#domain/streams/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import { render, renderPage, renderPartial } from '#platform/http/render.ts';
import { openEventStream } from '#platform/http/sse.ts';
import type { ConsoleContext } from '#console/context.ts';
import { presentHistory, type HistoryView } from './history-view.ts';
import { pushRegularly } from './live.ts';
import { presentStreams } from './presenter.ts';
import { readScreen, watchScreen } from './screen.ts';
import type { Words } from './words.ts';

export async function showStreams(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const words = wordsOf(res);
  const [screen, history] = await Promise.all([readScreen(ctx), readHistoryView(ctx, req, res)]);
  const streams = presentStreams(screen, words);
  await renderPage(req, res, 'console/streams/index', { title: words.t('streams:title'), streams, history });
}

/** The figures alone: what the page asks for itself while its event stream is down, or when it finds them old. */
export async function showFigures(ctx: ConsoleContext, _req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/_figures', {
    streams: presentStreams(await watchScreen(ctx), wordsOf(res)),
  });
}

export function followStreams(ctx: ConsoleContext, req: Request, res: Response): void {
  const draw = async () =>
    render(res, 'console/streams/_figures', { streams: presentStreams(await watchScreen(ctx), wordsOf(res)) });
  pushRegularly(openEventStream(req, res), draw, ctx.log);
}

export async function showHistory(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/_history', { history: await readHistoryView(ctx, req, res) });
}

async function readHistoryView(ctx: ConsoleContext, req: Request, res: Response): Promise<HistoryView> {
  const range = HISTORY_RANGES.find((known) => known === req.query.range) ?? HISTORY_RANGES[0];
  return presentHistory(await readHistory(ctx, CONSTRUCTION_STREAM, range), ctx.clock.now(), wordsOf(res));
}

function wordsOf(res: Response): Words {
  return { t: res.locals.t as Translate, locale: res.locals.locale as Locale };
}
