import type { Request, Response } from 'express';
import { z } from 'zod';
import { auditKey, listAudit } from '#domain/audit/index.ts';
import { jobKey, listJobs } from '#domain/jobs/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { renderPage } from '#platform/http/render.ts';
import { toLine } from '#console/audit/presenter.ts';
import type { ConsoleContext } from '#console/context.ts';
import { viewerOf } from '#console/jobs/handlers.ts';
import { toJobLine } from '#console/jobs/presenter.ts';
import { storePage } from '#console/tenants/store-page.ts';

const PAGE_SIZE = 50;
const paged = z.object({ cursor: z.string().optional() });

/** Every job of one store, the newest first. */
export async function listStoreJobs(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const page = await storePage(ctx, req, res, 'jobs');
  const after = ctx.cursors.decode(parseInput(paged, req.query).cursor);
  const rows = await listJobs(ctx, { tenantId: page.tenant.id, limit: PAGE_SIZE, after });
  const { items, next_cursor: cursor } = toPage(rows, PAGE_SIZE, ctx.cursors, jobKey);
  await renderPage(req, res, 'console/tenants/history/jobs', {
    ...page,
    lines: items.map((job) => toJobLine(job, viewerOf(ctx, res))),
    next: cursor && `${page.head.href}/jobs?${new URLSearchParams({ cursor }).toString()}`,
    asOf: ctx.clock.now(),
  });
}

/** Everything that was done to one store and its people, the newest first. */
export async function showTimeline(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const page = await storePage(ctx, req, res, 'timeline');
  const after = ctx.cursors.decode(parseInput(paged, req.query).cursor);
  const rows = await listAudit(ctx, { tenantId: page.tenant.id, limit: PAGE_SIZE, after });
  const { items, next_cursor: cursor } = toPage(rows, PAGE_SIZE, ctx.cursors, auditKey);
  await renderPage(req, res, 'console/tenants/history/timeline', {
    ...page,
    lines: items.map((record) => toLine(record, res.locals.t as Translate)),
    next: cursor && `${page.head.href}/timeline?${new URLSearchParams({ cursor }).toString()}`,
    asOf: ctx.clock.now(),
  });
}
