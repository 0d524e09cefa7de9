import type { Request, Response } from 'express';
import type { z } from 'zod';
import { listEdges } from '#domain/droplets/index.ts';
import {
  findMapsDiff,
  getRevision,
  listFileDiffs,
  listRevisions,
  REVISION_OUTCOMES,
  type Revision,
} from '#domain/edge/index.ts';
import { findTenant } from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import { parseInput } from '#platform/http/parse.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { viewerOf } from '#console/edge/viewer.ts';
import { filesQuery, numberIn, revisionsQuery } from './forms.ts';
import { toFileView, toMapsView, toRevisionLine, toRevisionView } from './presenter.ts';

const PAGE_SIZE = 50;

export async function listPublished(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const { cursor, ...values } = parseInput(revisionsQuery, req.query);
  const edges = await listEdges(ctx);
  const page = await search(ctx, { cursor, ...values }, edges.find(({ name }) => name === values.edge)?.id);
  await renderPage(req, res, 'console/edge/revisions/index', {
    title: viewer.t('revisions:title'),
    lines: page.items.map((revision) => toRevisionLine(revision, viewer)),
    values,
    edges: edges.map(({ name }) => name),
    outcomes: REVISION_OUTCOMES,
    isFiltered: Object.values(values).some((value) => value !== '') || cursor !== undefined,
    next: page.next_cursor && addressOf('/edge/revisions', { ...values, cursor: page.next_cursor }),
    asOf: ctx.clock.now(),
  });
}

type Query = z.output<typeof revisionsQuery>;

async function search(ctx: ConsoleContext, { outcome, store, cursor }: Query, dropletId: string | undefined) {
  const tenant = store === '' ? undefined : await findTenant(ctx, store);
  const isNobody = store !== '' && !tenant;
  const [before] = ctx.cursors.decode(cursor) ?? [];
  const filter = { dropletId, tenantId: tenant?.id, outcome: outcome || undefined, before: numberIn(before) };
  const rows = isNobody ? [] : await listRevisions(ctx, { ...filter, limit: PAGE_SIZE });
  return toPage(rows, PAGE_SIZE, ctx.cursors, ({ number }) => [String(number)]);
}

export async function showRevision(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const revision = await getRevision(ctx, numberIn(req.params.number));
  const query = parseInput(filesQuery, req.query);
  const maps = await findMapsDiff(ctx, revision.number);
  await renderPage(req, res, 'console/edge/revisions/show', {
    title: viewer.t('revisions:one', { number: revision.number }),
    revision: toRevisionView(revision, viewer),
    maps: maps && toMapsView(maps),
    values: { store: query.store, show: query.show },
    ...(await filesOf(ctx, { revision, query }, res)),
  });
}

type Files = { revision: Revision; query: z.output<typeof filesQuery> };

async function filesOf(ctx: ConsoleContext, { revision, query: { store, show, cursor } }: Files, res: Response) {
  const [after] = ctx.cursors.decode(cursor) ?? [];
  const filter = { revision: revision.number, slug: store || undefined, onlyFailed: show === 'failed', after };
  const rows = await listFileDiffs(ctx, { ...filter, limit: PAGE_SIZE });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, ({ slug }) => [slug]);
  return {
    files: page.items.map((file) => toFileView(file, revision, viewerOf(ctx, res))),
    next:
      page.next_cursor && addressOf(`/edge/revisions/${revision.number}`, { store, show, cursor: page.next_cursor }),
  };
}

function addressOf(path: string, query: Record<string, string>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return `${path}?${new URLSearchParams(given).toString()}`;
}
