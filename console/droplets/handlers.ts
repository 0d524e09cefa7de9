import type { Request, Response } from 'express';
import { readDroplet, readInventory } from '#domain/droplets/index.ts';
import { listJobs } from '#domain/jobs/index.ts';
import { satisfies } from '#domain/operators/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import { render, renderPage, renderPartial } from '#platform/http/render.ts';
import { openEventStream } from '#platform/http/sse.ts';
import type { ConsoleContext } from '#console/context.ts';
import { pushRegularly } from '#console/streams/live.ts';
import { toDetail } from './detail.ts';
import { toLine } from './presenter.ts';
import { nameOf } from './request.ts';
import { emptyRun, runFormLocals } from './runs.ts';

const RECENT_RUNS = 8;

export async function listMachines(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPage(req, res, 'console/droplets/index', {
    title: translate(res)('frame:droplets'),
    mayEnrol: ctx.role !== undefined && satisfies(ctx.role, 'admin'),
    ...(await inventoryOf(ctx, res)),
  });
}

/** The live piece of the page alone, for a browser whose stream is down. */
export async function showInventory(ctx: ConsoleContext, _req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/droplets/_inventory', await inventoryOf(ctx, res));
}

export function followInventory(ctx: ConsoleContext, req: Request, res: Response): void {
  const draw = async () => render(res, 'console/droplets/_inventory', await inventoryOf(ctx, res));
  pushRegularly(openEventStream(req, res), draw, ctx.log);
}

export async function showMachine(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { droplet } = await stateOf(ctx, req, res);
  await renderPage(req, res, 'console/droplets/show', {
    title: droplet.name,
    droplet,
    ...runFormLocals(droplet, emptyRun('status'), translate(res)),
  });
}

export async function showState(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/droplets/_state', await stateOf(ctx, req, res));
}

export async function followMachine(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await readDroplet(ctx, nameOf(req));
  const draw = async () => render(res, 'console/droplets/_state', await stateOf(ctx, req, res));
  pushRegularly(openEventStream(req, res), draw, ctx.log);
}

async function inventoryOf(ctx: ConsoleContext, res: Response) {
  const words = wordsOf(ctx, res);
  return { droplets: (await readInventory(ctx)).map((line) => toLine(line, words)), asOf: words.now };
}

async function stateOf(ctx: ConsoleContext, req: Request, res: Response) {
  const report = await readDroplet(ctx, nameOf(req));
  const runs = await listJobs(ctx, { dropletId: report.droplet.id, limit: RECENT_RUNS });
  const viewer = { ...wordsOf(ctx, res), role: ctx.role, runs: runs.slice(0, RECENT_RUNS) };
  return { droplet: toDetail(report, viewer) };
}

function wordsOf(ctx: ConsoleContext, res: Response) {
  return { t: translate(res), locale: res.locals.locale as Locale, now: ctx.clock.now() };
}

const translate = (res: Response) => res.locals.t as Translate;
