import { z } from 'zod';
import { listTenants, tenantKey } from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { endpoint, fileEndpoint } from '#console/api/endpoint.ts';
import { pageOf } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { sendStores } from './export.ts';
import { selectionFields, tenantLineSchema, tenantQuery, toLineJson, toSelection } from './schemas.ts';

export const directoryEndpoints = [
  endpoint({
    method: 'get',
    path: '/tenants',
    guard: role('viewer'),
    summary: 'Stores, newest first',
    tag: 'Tenants',
    query: tenantQuery,
    response: pageOf(tenantLineSchema),
    refusals: { 400: 'The cursor is not one of ours, or belongs to another order.' },
    async run(ctx, { query: { cursor, sort, limit, ...filter } }) {
      const rows = await listTenants(ctx, { ...toSelection(filter), sort, limit, after: ctx.cursors.decode(cursor) });
      const page = toPage(rows, limit, ctx.cursors, (row) => tenantKey(row, sort));
      return { body: { ...page, items: page.items.map((row) => toLineJson(row, ctx.storeUrl(row.slug))) } };
    },
  }),
  fileEndpoint({
    path: '/tenants.csv',
    guard: role('viewer'),
    summary: 'The stores that match, as a table for spreadsheets, by slug',
    tag: 'Tenants',
    query: z.object(selectionFields),
    contentType: 'text/csv',
    send: (ctx, { query }, res) => sendStores(ctx, res, toSelection(query)),
  }),
];
