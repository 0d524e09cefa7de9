import type { Request, Response } from 'express';
import { listRevisions, listServedStores, readEdges, servedKey } from '#domain/edge/index.ts';
import { listEdges } from '#domain/droplets/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { parseInput } from '#platform/http/parse.ts';
import { render, renderPage, renderPartial } from '#platform/http/render.ts';
import { openEventStream } from '#platform/http/sse.ts';
import type { ConsoleContext } from '#console/context.ts';
import { pushRegularly } from '#console/streams/live.ts';
import { storesQuery } from './forms.ts';
import { REFRESH_MS, toCard, toServedLine } from './presenter.ts';
import { toRevisionLine } from './revisions/presenter.ts';
import { viewerOf } from './viewer.ts';

const PAGE_SIZE = 50;
const LATEST = 5;

export async function showEdges(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const latest = (await listRevisions(ctx, { limit: LATEST })).slice(0, LATEST);
  await renderPage(req, res, 'console/edge/index', {
    title: viewer.t('frame:edge'),
    cards: await readCards(ctx, res),
    latest: latest.map((revision) => toRevisionLine(revision, viewer)),
  });
}

/** The live piece of the page alone, for a browser whose stream is down. */
export async function showCards(ctx: ConsoleContext, _req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/edge/_cards', { cards: await readCards(ctx, res) });
}

export function followEdges(ctx: ConsoleContext, req: Request, res: Response): void {
  const draw = async () => render(res, 'console/edge/_cards', { cards: await readCards(ctx, res) });
  pushRegularly(openEventStream(req, res), draw, ctx.log, REFRESH_MS);
}

async function readCards(ctx: ConsoleContext, res: Response) {
  return (await readEdges(ctx)).map((report) => toCard(report, viewerOf(ctx, res)));
}

/** What every edge serves for every store, and what the last probe of it saw. */
export async function listStores(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { cursor, ...values } = parseInput(storesQuery, req.query);
  const edges = await listEdges(ctx);
  const filter = { dropletId: edges.find(({ name }) => name === values.edge)?.id, search: values.q, show: values.show };
  const rows = await listServedStores(ctx, { ...filter, limit: PAGE_SIZE, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, servedKey);
  const viewer = viewerOf(ctx, res);
  await renderPage(req, res, 'console/edge/stores', {
    title: viewer.t('edge:stores_title'),
    lines: page.items.map((row) => toServedLine(row, viewer)),
    values,
    edges: edges.map(({ name }) => name),
    next: page.next_cursor && `/edge/stores?${new URLSearchParams({ ...values, cursor: page.next_cursor }).toString()}`,
    asOf: ctx.clock.now(),
  });
}
