import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { stringify } from 'csv-stringify/sync';
import { auditExport, listTenants, mapLags, tenantKey, type TenantSelection } from '#domain/tenants/index.ts';
import type { WaitingEvents, TenantSummary } from '#domain/tenants/index.ts';
import { parseInput } from '#platform/http/parse.ts';
import type { ConsoleContext } from '#console/context.ts';
import { selectionQuery, toSelection } from './query.ts';

/** So many rows are in memory at a time, however long the table is. */
const ROWS_AT_ONCE = 500;
/** By it a spreadsheet knows that the text is UTF-8. */
const BYTE_ORDER_MARK = '\u{FEFF}';

/** The stores that match as a table for spreadsheets, by slug; written as it is read, and no faster than it is taken. */
export async function exportStores(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await sendStores(ctx, res, toSelection(parseInput(selectionQuery, req.query)));
}

export async function sendStores(ctx: ConsoleContext, res: Response, selection: TenantSelection): Promise<void> {
  await auditExport(ctx, selection);
  const day = ctx.clock.now().toISOString().slice(0, 10);
  res.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="stores-${day}.csv"`,
    'Cache-Control': 'no-store',
  });
  await pipeline(tableOf(ctx, selection), res);
}

async function* tableOf(ctx: ConsoleContext, selection: TenantSelection): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK + linesOf([COLUMNS.map(([name]) => name)]);
  let after: readonly string[] | undefined;
  do {
    const rows = await listTenants(ctx, { ...selection, sort: 'slug', limit: ROWS_AT_ONCE, after });
    const page = rows.slice(0, ROWS_AT_ONCE);
    const lags = await mapLags(
      ctx,
      page.map((row) => row.id),
    );
    yield linesOf(page.map((store) => COLUMNS.map(([, value]) => value({ store, lag: lags?.get(store.id), ctx }))));
    after = rows.length > ROWS_AT_ONCE ? tenantKey(page.at(-1)!, 'slug') : undefined;
  } while (after);
}

/** A cell that a spreadsheet would take for a formula is told to be text. */
function linesOf(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((row) => row.map(asText)),
    { escape_formulas: true, record_delimiter: 'windows' },
  );
}

type Cell = string | number | Date | undefined;
type Source = { store: TenantSummary; lag: WaitingEvents | undefined; ctx: ConsoleContext };

const asText = (cell: Cell) => (cell instanceof Date ? cell.toISOString() : String(cell ?? ''));

const COLUMNS: readonly [name: string, value: (source: Source) => Cell][] = [
  ['slug', ({ store }) => store.slug],
  ['name', ({ store }) => store.name],
  ['status', ({ store }) => store.status],
  ['status_reason', ({ store }) => store.statusReason],
  ['plan', ({ store }) => store.plan],
  ['users', ({ store }) => store.users],
  ['url', ({ store, ctx }) => ctx.storeUrl(store.slug)],
  ['admin_email', ({ store }) => store.adminEmail],
  ['edge', ({ store }) => store.proof?.droplet],
  ['edge_revision', ({ store }) => store.proof?.revision],
  ['edge_confirmed_at', ({ store }) => store.proof?.confirmedAt],
  ['edge_error', ({ store }) => store.proof?.probeError],
  ['waiting_events', ({ lag }) => lag?.events ?? 0],
  ['oldest_waiting_at', ({ lag }) => lag?.oldestAt],
  ['last_activity_at', ({ store }) => store.lastActivityAt],
  ['created_at', ({ store }) => store.createdAt],
  ['id', ({ store }) => store.id],
];
