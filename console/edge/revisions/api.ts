import { findMapsDiff, getEdgeNamed, getRevision, listFileDiffs, listRevisions } from '#domain/edge/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { endpoint } from '#console/api/endpoint.ts';
import { pageOf } from '#console/api/paging.ts';
import { role } from '#console/guards.ts';
import { numberIn } from './forms.ts';
import * as schemas from './schemas.ts';

const tag = 'Edge';

export const revisionEndpoints = [
  endpoint({
    method: 'get',
    path: '/edge-revisions',
    guard: role('viewer'),
    summary: 'Everything that was published, newest first',
    tag,
    query: schemas.revisionsQuery,
    response: pageOf(schemas.revisionSchema),
    refusals: { 400: 'The cursor is not one of ours.', 404: 'There is no such edge or store.' },
    async run(ctx, { query: { edge, store, outcome, cursor, limit } }) {
      const [before] = ctx.cursors.decode(cursor) ?? [];
      const dropletId = edge === undefined ? undefined : (await getEdgeNamed(ctx, edge)).id;
      const tenantId = store === undefined ? undefined : (await getTenant(ctx, store)).id;
      const rows = await listRevisions(ctx, { dropletId, tenantId, outcome, before: numberIn(before), limit });
      const page = toPage(rows, limit, ctx.cursors, ({ number }) => [String(number)]);
      return { body: { ...page, items: page.items.map(schemas.toRevisionJson) } };
    },
  }),
  endpoint({
    method: 'get',
    path: '/edge-revisions/:number',
    guard: role('viewer'),
    summary: 'A revision with a page of its files, each with its diff',
    tag,
    params: schemas.revisionParams,
    query: schemas.filesQuery,
    response: schemas.revisionDetailsSchema,
    refusals: { 400: 'The cursor is not one of ours.' },
    async run(ctx, { params: { number }, query: { store, only_failed, cursor, limit } }) {
      const revision = await getRevision(ctx, number);
      const [after] = ctx.cursors.decode(cursor) ?? [];
      const filter = { revision: number, slug: store, onlyFailed: only_failed === 'true', after, limit };
      const page = toPage(await listFileDiffs(ctx, filter), limit, ctx.cursors, ({ slug }) => [slug]);
      return {
        body: {
          ...schemas.toRevisionJson(revision),
          maps: schemas.toMapsJson(await findMapsDiff(ctx, number)),
          file_diffs: { ...page, items: page.items.map(schemas.toFileJson) },
        },
      };
    },
  }),
];
