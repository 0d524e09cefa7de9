import type { Request, Response } from 'express';
import {
  countTenants,
  listPlanCodes,
  listTenants,
  mapLags,
  PROOF_STATES,
  TENANT_SORTS,
  TENANT_STATUSES,
  tenantKey,
} from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { parseInput } from '#platform/http/parse.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { viewerOf } from '#console/tenants/viewer.ts';
import { toColumns, toStoreLine } from './presenter.ts';
import { storeQuery, toQueryString, toSelection } from './query.ts';

const PAGE_SIZE = 50;

export async function listStores(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { cursor, sort, ...filter } = parseInput(storeQuery, req.query);
  const viewer = viewerOf(ctx, res);
  const selection = toSelection(filter);
  const rows = await listTenants(ctx, { ...selection, sort, limit: PAGE_SIZE, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, (row) => tenantKey(row, sort));
  const lags = await mapLags(
    ctx,
    page.items.map((row) => row.id),
  );
  await renderPage(req, res, 'console/tenants/index', {
    title: viewer.t('frame:tenants'),
    lines: page.items.map((row) => ({ ...toStoreLine(row, lags, viewer), url: ctx.storeUrl(row.slug) })),
    next: page.next_cursor && `/tenants${toQueryString({ ...filter, sort, cursor: page.next_cursor })}`,
    total: await countTenants(ctx, selection),
    columns: toColumns({ ...filter, sort }),
    filter,
    csv: `/tenants.csv${toQueryString(filter)}`,
    sort,
    choices: { statuses: TENANT_STATUSES, plans: await listPlanCodes(ctx), proofs: PROOF_STATES, sorts: TENANT_SORTS },
    isFiltered: Object.values(filter).some((value) => value !== '') || cursor !== undefined,
    may: { create: viewer.may('operator'), act: viewer.may('on_call') },
    asOf: ctx.clock.now(),
  });
}
