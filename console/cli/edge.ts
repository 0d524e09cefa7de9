import { z } from 'zod';
import {
  adoptDrift,
  edgeFields,
  getEdgeNamed,
  inspectDrift,
  judgeEdge,
  listDrift,
  listRevisions,
  readEdges,
  requestReload,
  requestRestore,
  REVISION_OUTCOMES,
  type EdgeReport,
  type Inspection,
} from '#domain/edge/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { toRevisionJson } from '#console/edge/revisions/schemas.ts';
import { toEdgeJson, toFindingJson } from '#console/edge/schemas.ts';
import { defineCommand, type Tools } from './command.ts';
import { requested, wait } from './requested-job.ts';
import { table } from './table.ts';

const MAX_REVISIONS = 500;

const edge = { value: 'NAME', help: 'Which edge.', schema: z.string().min(1, { error: 'Type the name of an edge.' }) };

export const edgeCommands = [
  defineCommand({
    noun: 'edge',
    verb: 'list',
    summary: 'Say of every edge whether it serves what we want.',
    options: {},
    async run(_input, { ctx }) {
      const reports = await readEdges(ctx);
      const columns = ['NAME', 'STATUS', 'REVISION', 'PENDING', 'DRIFT', 'SERVED', 'WHY'];
      return { text: table(columns, reports.map(rowOf)), json: reports.map(toEdgeJson) };
    },
  }),
  defineCommand({
    noun: 'edge',
    verb: 'drift',
    summary: 'List what lies on an edge otherwise than it was published.',
    positional: 'edge',
    options: { edge },
    async run({ edge }, { ctx }) {
      const { id: dropletId } = await getEdgeNamed(ctx, edge);
      const found: Inspection[] = [];
      for (const { kind, name } of await listDrift(ctx, { dropletId }))
        found.push(await inspectDrift(ctx, { dropletId, kind, name }));
      const rows = found.map(({ drift, bar }) => [
        drift.kind,
        drift.name,
        drift.foundAt.toISOString(),
        bar === undefined ? 'restore or adopt' : 'restore',
      ]);
      const text =
        rows.length === 0 ? `${edge} holds what was published.` : table(['KIND', 'NAME', 'SINCE', 'CAN'], rows);
      return { text, json: found.map(toFindingJson) };
    },
  }),
  defineCommand({
    noun: 'edge',
    verb: 'restore',
    summary: 'Put back what was published, of one name or of all that differs.',
    positional: 'edge',
    options: {
      edge,
      name: { value: 'NAME', help: 'Only this finding, as drift lists it.', schema: z.string().optional() },
      wait,
    },
    async run({ edge, name, wait }, tools) {
      const { id: dropletId } = await getEdgeNamed(tools.ctx, edge);
      const findings = name === undefined ? undefined : await findingsNamed(tools, dropletId, name);
      return requested(tools, await requestRestore(tools.ctx, { dropletId, ...(findings && { findings }) }), wait);
    },
  }),
  defineCommand({
    noun: 'edge',
    verb: 'adopt',
    summary: 'Make a store what its file on an edge says.',
    positional: 'edge',
    options: {
      edge,
      store: { value: 'SLUG', help: 'Whose file.', schema: z.string().min(1, { error: 'Type the slug of a store.' }) },
      wait,
    },
    async run({ edge, store, wait }, tools) {
      const { id: dropletId } = await getEdgeNamed(tools.ctx, edge);
      return requested(tools, await adoptDrift(tools.ctx, { dropletId, kind: 'edited', name: store }), wait);
    },
  }),
  defineCommand({
    noun: 'edge',
    verb: 'reload',
    summary: 'Reload nginx of an edge, and probe it.',
    positional: 'edge',
    options: {
      edge,
      reason: {
        value: 'TEXT',
        help: 'For colleagues and the audit log.',
        schema: edgeFields.reason.default('Reloaded at the command line.'),
      },
      wait,
    },
    async run({ edge, reason, wait }, tools) {
      const { id: dropletId } = await getEdgeNamed(tools.ctx, edge);
      return requested(tools, await requestReload(tools.ctx, { dropletId, reason }), wait);
    },
  }),
  defineCommand({
    noun: 'edge',
    verb: 'revisions',
    summary: 'List what was published, newest first.',
    options: {
      edge: { ...edge, schema: z.string().optional() },
      store: { value: 'SLUG', help: 'Only those of this store.', schema: z.string().optional() },
      outcome: {
        value: 'OUTCOME',
        help: `Only these: ${REVISION_OUTCOMES.join(', ')}.`,
        schema: z.enum(REVISION_OUTCOMES, { error: `Type one of ${REVISION_OUTCOMES.join(', ')}.` }).optional(),
      },
      limit: {
        value: 'N',
        help: 'At most so many, 20 when not given.',
        schema: z.coerce
          .number({ error: `Type a number from 1 to ${MAX_REVISIONS}.` })
          .int()
          .min(1, { error: `Type a number from 1 to ${MAX_REVISIONS}.` })
          .max(MAX_REVISIONS, { error: `Type a number from 1 to ${MAX_REVISIONS}.` })
          .default(20),
      },
    },
    async run({ edge, store, outcome, limit }, { ctx }) {
      const dropletId = edge === undefined ? undefined : (await getEdgeNamed(ctx, edge)).id;
      const tenantId = store === undefined ? undefined : (await getTenant(ctx, store)).id;
      const revisions = (await listRevisions(ctx, { dropletId, tenantId, outcome, limit })).slice(0, limit);
      const rows = revisions.map((it) => [
        String(it.number),
        it.edge,
        it.kind === 'maps' ? 'maps' : (it.slug ?? `${it.files} stores`),
        it.outcome,
        it.author,
        it.reason,
        it.createdAt.toISOString(),
      ]);
      const columns = ['NUMBER', 'EDGE', 'WHAT', 'OUTCOME', 'WHO', 'WHY', 'WHEN'];
      return { text: table(columns, rows), json: revisions.map(toRevisionJson) };
    },
  }),
];

function rowOf(report: EdgeReport): string[] {
  const { edge, revisions, pending, drift, stores, look } = report;
  const { status, reasons } = judgeEdge(report);
  return [
    edge.name,
    status,
    String(revisions.served ?? '-'),
    `${pending.stores}${pending.maps ? ' + maps' : ''}`,
    look === undefined ? 'unknown' : String(drift),
    `${stores.confirmed} of ${stores.stores}`,
    reasons.join(', '),
  ];
}

/** Of one name there may be several findings, such as a foreign marker and a file. */
async function findingsNamed({ ctx }: Tools, dropletId: string, name: string) {
  const found = (await listDrift(ctx, { dropletId })).filter((drift) => drift.name === name);
  // None: what is named does not differ, and the use case says so.
  return found.length > 0 ? found.map(({ kind }) => ({ kind, name })) : [{ kind: 'edited' as const, name }];
}
