import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  getJob,
  JOB_STATUSES,
  jobKey,
  listJobs,
  listOutput,
  readOutputTail,
  requestCancel,
  retryJob,
} from '#domain/jobs/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, render, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { streamJobs } from './live.ts';
import { printsOutput, toJobLine, toJobView } from './presenter.ts';
import { retryRole } from './retry-role.ts';

const PAGE_SIZE = 50;
const PIECES_AT_ONCE = 200;
/** What a page shows of what a job printed: the end, drawn again with each new piece. */
const TAIL_CHARACTERS = 48_000;

const jobQuery = z.object({
  status: z.enum(JOB_STATUSES).or(z.literal('')).default(''),
  cursor: z.string().default(''),
});

export async function listAllJobs(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { status, cursor } = parseInput(jobQuery, req.query);
  const rows = await listJobs(ctx, {
    status: status || undefined,
    limit: PAGE_SIZE,
    after: ctx.cursors.decode(cursor),
  });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, jobKey);
  await renderPage(req, res, 'console/jobs/index', {
    title: translate(res)('frame:jobs'),
    lines: page.items.map((job) => toJobLine(job, viewerOf(ctx, res))),
    statuses: JOB_STATUSES,
    status,
    next: page.next_cursor && `/jobs?${new URLSearchParams({ status, cursor: page.next_cursor }).toString()}`,
    asOf: ctx.clock.now(),
  });
}

export async function showJob(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const locals = await liveOf(ctx, req, res);
  await renderPage(req, res, 'console/jobs/show', { title: `${locals.job.kind} · ${locals.job.subject}`, ...locals });
}

/** The live piece of the page alone, for a browser whose stream is down. */
export async function showProgress(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/jobs/_live', await liveOf(ctx, req, res));
}

export async function followJob(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { job } = await liveOf(ctx, req, res);
  streamJobs(ctx, req, res, {
    concerns: (jobId) => jobId === job.id,
    draw: async () => render(res, 'console/jobs/_live', await liveOf(ctx, req, res)),
  });
}

/** All that was printed, as a file. */
export async function downloadOutput(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { id: jobId } = await getJob(ctx, idOf(req));
  res.type('text/plain').set('Cache-Control', 'no-store');
  let after = 0;
  for (;;) {
    const pieces = await listOutput(ctx, { jobId, after, limit: PIECES_AT_ONCE });
    for (const { text } of pieces) res.write(text);
    if (pieces.length <= PIECES_AT_ONCE) break;
    after = pieces.at(-1)!.seq;
  }
  res.end();
}

export async function cancelJob(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await requestCancel(ctx, idOf(req));
  await setFlash(req, { tone: 'success', text: translate(res)('jobs:cancelled_flash') });
  redirectAfterPost(req, res, `/jobs/${idOf(req)}`);
}

export async function retry(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { kind } = await getJob(ctx, idOf(req));
  await role(retryRole(kind)).check(ctx, req);
  await retryJob(ctx, idOf(req));
  await setFlash(req, { tone: 'success', text: translate(res)('jobs:retried_flash') });
  redirectAfterPost(req, res, `/jobs/${idOf(req)}`);
}

async function liveOf(ctx: ConsoleContext, req: Request, res: Response) {
  const job = await getJob(ctx, idOf(req));
  const output = printsOutput(job) ? await readOutputTail(ctx, job.id, TAIL_CHARACTERS) : undefined;
  return { job: toJobView(job, viewerOf(ctx, res)), output };
}

export function viewerOf(ctx: ConsoleContext, res: Response) {
  return { t: translate(res), now: ctx.clock.now(), role: ctx.role };
}

const translate = (res: Response) => res.locals.t as Translate;
const idOf = (req: Request) => String(req.params.id);
