import {
  adoptDrift,
  driftKey,
  fingerprintOfDrift,
  getEdgeNamed,
  inspectDrift,
  listDrift,
  listDriftPage,
  listReloads,
  readEdge,
  readEdges,
  reloadKey,
  requestReload,
  requestRestore,
} from '#domain/edge/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { API_ROOT, endpoint } from '#console/api/endpoint.ts';
import { pageOf, pageQuery } from '#console/api/paging.ts';
import type { ConsoleContext } from '#console/context.ts';
import { role } from '#console/guards.ts';
import { toJobJson } from '#console/jobs/schemas.ts';
import * as schemas from './schemas.ts';

const tag = 'Edge';
const params = schemas.edgeParams;

export const edgeEndpoints = [
  endpoint({
    method: 'get',
    path: '/edges',
    guard: role('viewer'),
    summary: 'Whether each edge serves what we want, and why not',
    tag,
    response: schemas.edgesSchema,
    run: async (ctx) => ({ body: { items: (await readEdges(ctx)).map(schemas.toEdgeJson) } }),
  }),
  endpoint({
    method: 'get',
    path: '/edges/:name',
    guard: role('viewer'),
    summary: 'One edge',
    tag,
    params,
    response: schemas.edgeSchema,
    run: async (ctx, { params: { name } }) => ({ body: schemas.toEdgeJson(await readEdge(ctx, name)) }),
  }),
  endpoint({
    method: 'get',
    path: '/edges/:name/drift',
    guard: role('viewer'),
    summary: 'What lies on an edge otherwise than it was published, with diffs',
    tag,
    params,
    query: pageQuery,
    response: schemas.driftSchema,
    run: async (ctx, { params: { name }, query }) => ({
      body: await readDrift(ctx, (await getEdgeNamed(ctx, name)).id, query),
    }),
  }),
  endpoint({
    method: 'post',
    path: '/edges/:name/restores',
    guard: role('on_call'),
    summary: 'Put back what was published, of some findings or of all; what has changed once more is left alone',
    tag,
    params,
    body: schemas.restoreInput,
    status: 202,
    response: schemas.acceptedJob,
    refusals: { 409: '`drift_changed`: the disk is not as it was shown.' },
    async run(ctx, { params: { name }, body: { findings, shown } }) {
      const { id: dropletId } = await getEdgeNamed(ctx, name);
      return accepted(ctx, await requestRestore(ctx, { dropletId, ...(findings ? { findings } : { shown }) }));
    },
  }),
  endpoint({
    method: 'post',
    path: '/edges/:name/drift-adoptions',
    guard: role('operator'),
    summary: 'Make a store what its file on an edge says',
    tag,
    params,
    body: schemas.adoptionInput,
    status: 202,
    response: schemas.acceptedJob,
    refusals: {
      409: '`drift_not_adoptable`: it is no readable file of a store, or the state of the store allows no change.',
    },
    async run(ctx, { params, body: { name } }) {
      const { id: dropletId } = await getEdgeNamed(ctx, params.name);
      return accepted(ctx, await adoptDrift(ctx, { dropletId, kind: 'edited', name }));
    },
  }),
  endpoint({
    method: 'post',
    path: '/edges/:name/reloads',
    guard: role('on_call'),
    summary: 'Reload nginx of an edge, and probe it',
    tag,
    params,
    body: schemas.reloadInput,
    status: 202,
    response: schemas.acceptedJob,
    async run(ctx, { params: { name }, body: { reason } }) {
      const { id: dropletId } = await getEdgeNamed(ctx, name);
      return accepted(ctx, await requestReload(ctx, { dropletId, reason }));
    },
  }),
  endpoint({
    method: 'get',
    path: '/edges/:name/reloads',
    guard: role('viewer'),
    summary: 'Reloads of an edge, newest first',
    tag,
    params,
    query: pageQuery,
    response: pageOf(schemas.reloadSchema),
    refusals: { 400: 'The cursor is not one of ours.' },
    async run(ctx, { params: { name }, query: { cursor, limit } }) {
      const { id: dropletId } = await getEdgeNamed(ctx, name);
      const rows = await listReloads(ctx, { dropletId, limit, after: ctx.cursors.decode(cursor) });
      const page = toPage(rows, limit, ctx.cursors, reloadKey);
      return { body: { ...page, items: page.items.map(schemas.toReloadJson) } };
    },
  }),
];

type PageQuery = { limit: number; cursor?: string | undefined };

/** The fingerprint is of all that differs, whatever page is asked for. */
async function readDrift(ctx: ConsoleContext, dropletId: string, { limit, cursor }: PageQuery) {
  const rows = await listDriftPage(ctx, { dropletId, limit, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, limit, ctx.cursors, driftKey);
  const items = [];
  for (const { kind, name } of page.items)
    items.push(schemas.toFindingJson(await inspectDrift(ctx, { dropletId, kind, name })));
  return { ...page, items, fingerprint: fingerprintOfDrift(await listDrift(ctx, { dropletId })) };
}

/** The job that does what was asked for, and where to follow it. */
export async function accepted(ctx: ConsoleContext, jobId: string) {
  const job = toJobJson(await getJob(ctx, jobId));
  return { body: { job }, headers: { Location: `${API_ROOT}/jobs/${jobId}` } };
}
