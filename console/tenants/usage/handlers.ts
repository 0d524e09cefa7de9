import type { Request, Response } from 'express';
import { getTenantLag, listDeadLetters, listEventDays, measureTenant } from '#domain/tenants/index.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { storePage } from '#console/tenants/store-page.ts';
import { USAGE_DAYS } from './api.ts';
import { bytesInWords, toKept } from './presenter.ts';

/** The newest ones; all of a group are on their own page. */
const DEAD_LETTERS = 20;

export async function showUsage(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const page = await storePage(ctx, req, res, 'usage');
  const { id } = page.tenant;
  const tables = await measureTenant(ctx, id);
  const inWords = (bytes: number) => bytesInWords(bytes, res.locals.locale as string);
  await renderPage(req, res, 'console/tenants/usage/index', {
    ...page,
    asOf: ctx.clock.now(),
    kept: toKept(tables),
    size: inWords(tables.reduce((sum, { bytes }) => sum + bytes, 0)),
    lag: await getTenantLag(ctx, id),
    days: await listEventDays(ctx, id, USAGE_DAYS),
    letters: await listDeadLetters(ctx, id, DEAD_LETTERS),
    tables: tables
      .filter(({ rows }) => rows > 0)
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ table, rows, bytes }) => ({ table, rows, size: inWords(bytes) })),
  });
}
