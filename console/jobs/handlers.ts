import type { Request, Response } from 'express';
import { z } from 'zod';
import { getJob, JOB_STATUSES, jobKey, listJobs, requestCancel, retryJob } from '#domain/jobs/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, render, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { streamJobs } from './live.ts';
import { toJobLine, toJobView } from './presenter.ts';

const PAGE_SIZE = 50;

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
  const job = await viewOf(ctx, req, res);
  await renderPage(req, res, 'console/jobs/show', { title: `${job.kind} · ${job.subject}`, job });
}

/** The live piece of the page alone, for a browser whose stream is down. */
export async function showProgress(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/jobs/_progress', { job: await viewOf(ctx, req, res) });
}

export async function followJob(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { id } = await viewOf(ctx, req, res);
  streamJobs(ctx, req, res, {
    concerns: (jobId) => jobId === id,
    draw: async () => render(res, 'console/jobs/_progress', { job: await viewOf(ctx, req, res) }),
  });
}

export async function cancelJob(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await requestCancel(ctx, idOf(req));
  await setFlash(req, { tone: 'success', text: translate(res)('jobs:cancelled_flash') });
  redirectAfterPost(req, res, `/jobs/${idOf(req)}`);
}

export async function retry(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await retryJob(ctx, idOf(req));
  await setFlash(req, { tone: 'success', text: translate(res)('jobs:retried_flash') });
  redirectAfterPost(req, res, `/jobs/${idOf(req)}`);
}

async function viewOf(ctx: ConsoleContext, req: Request, res: Response) {
  return toJobView(await getJob(ctx, idOf(req)), viewerOf(ctx, res));
}

export function viewerOf(ctx: ConsoleContext, res: Response) {
  return { t: translate(res), now: ctx.clock.now(), role: ctx.role };
}

const translate = (res: Response) => res.locals.t as Translate;
const idOf = (req: Request) => String(req.params.id);
