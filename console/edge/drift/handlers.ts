import type { Request, Response } from 'express';
import {
  DRIFT_KINDS,
  driftKey,
  fingerprintOfDrift,
  getEdgeNamed,
  inspectDrift,
  listDriftedEdgeIds,
  listDriftPage,
  listEdgeLooks,
  type DriftKind,
} from '#domain/edge/index.ts';
import { listEdges } from '#domain/droplets/index.ts';
import { NotFound } from '#platform/errors.ts';
import { toPage } from '#platform/http/cursor.ts';
import { parseInput } from '#platform/http/parse.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { driftQuery } from '#console/edge/forms.ts';
import { edgeIn, viewerOf } from '#console/edge/viewer.ts';
import { toFindingLine, toFindingView } from './presenter.ts';

export async function listAllFindings(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawList(ctx, req, res, undefined);
}

export async function listFindings(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawList(ctx, req, res, await getEdgeNamed(ctx, edgeIn(req)));
}

const PAGE_SIZE = 50;

/** Of one edge, or of all. */
async function drawList(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  edge: { id: string; name: string } | undefined,
) {
  const viewer = viewerOf(ctx, res);
  const { cursor } = parseInput(driftQuery, req.query);
  const filter = { dropletId: edge?.id, limit: PAGE_SIZE, after: ctx.cursors.decode(cursor) };
  const page = toPage(await listDriftPage(ctx, filter), PAGE_SIZE, ctx.cursors, driftKey);
  const drifted = await listDriftedEdgeIds(ctx);
  const looks = await listEdgeLooks(ctx);
  const edges = (await listEdges(ctx)).filter(({ id }) => edge === undefined || edge.id === id);
  await renderPage(req, res, 'console/edge/drift/index', {
    title: edge ? viewer.t('drift:title_of', { edge: edge.name }) : viewer.t('drift:title'),
    lines: page.items.map((drift) => toFindingLine(drift, viewer)),
    next: page.next_cursor && `${req.path}?${new URLSearchParams({ cursor: page.next_cursor }).toString()}`,
    edges: edges.map(({ id, name }) => ({
      name,
      look: looks.find((look) => look.dropletId === id),
      canRestore: viewer.may('on_call') && drifted.has(id),
    })),
  });
}

export async function showFinding(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { id } = await getEdgeNamed(ctx, edgeIn(req));
  await drawFinding(ctx, req, res, { dropletId: id, ...findingIn(req), errors: {} });
}

function findingIn(req: Request): { kind: DriftKind; name: string } {
  const { kind, name } = req.params;
  if (!DRIFT_KINDS.includes(kind as DriftKind)) throw new NotFound();
  return { kind: kind as DriftKind, name: String(name) };
}

type Finding = {
  dropletId: string;
  kind: DriftKind;
  name: string;
  errors: { restore?: { message: string }; adoption?: { message: string } };
  hasChanged?: boolean;
};

/** The finding as it is now; what was wrong with a form about it stands at that form. */
export async function drawFinding(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { errors, hasChanged = false, ...choice }: Finding,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const inspection = await inspectDrift(ctx, choice);
  const finding = toFindingView(inspection, viewer);
  await renderPage(
    req,
    res,
    'console/edge/drift/show',
    { title: finding.headline, finding, shown: fingerprintOfDrift([inspection.drift]), errors, hasChanged },
    status,
  );
}
