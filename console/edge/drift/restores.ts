import type { Request, Response } from 'express';
import type { z } from 'zod';
import {
  canRestore,
  fingerprintOfDrift,
  getEdgeNamed,
  inspectDrift,
  listDrift,
  requestRestore,
  type DriftKind,
} from '#domain/edge/index.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { carryOut } from '#console/edge/carry-out.ts';
import { findingForm } from '#console/edge/forms.ts';
import { edgeIn, viewerOf } from '#console/edge/viewer.ts';
import { drawFinding } from './handlers.ts';
import { mustTypeToRestore, newStoreHref, toFindingLine } from './presenter.ts';

/** What restoring everything on an edge would do. */
export async function confirmRestores(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawAll(ctx, req, res, { edge: await getEdgeNamed(ctx, edgeIn(req)) });
}

/** Restores one finding, or with none named all of them. */
export async function restore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { kind, name, ...form } = parseInput(findingForm, req.body);
  const order = { edge: await getEdgeNamed(ctx, edgeIn(req)), ...form };
  if (kind === undefined || name === undefined) return restoreAll(ctx, req, res, order);
  await restoreOne(ctx, req, res, { ...order, kind, name });
}

type EdgeName = { id: string; name: string };
type Order = { edge: EdgeName } & Omit<z.output<typeof findingForm>, 'kind' | 'name'>;

async function restoreAll(ctx: ConsoleContext, req: Request, res: Response, { edge, shown, confirmation }: Order) {
  if (confirmation !== edge.name) {
    const error = { message: viewerOf(ctx, res).t('drift:wrong_edge') };
    return drawAll(ctx, req, res, { edge, error }, 422);
  }
  await carryOut(
    async () => redirectAfterPost(req, res, `/jobs/${await requestRestore(ctx, { dropletId: edge.id, shown })}`),
    () => drawAll(ctx, req, res, { edge, hasChanged: true }, 409),
  );
}

type OneFinding = Order & { kind: DriftKind; name: string };

async function restoreOne(ctx: ConsoleContext, req: Request, res: Response, order: OneFinding): Promise<void> {
  const { edge, kind, name, shown, next, confirmation } = order;
  const choice = { dropletId: edge.id, kind, name };
  if (mustTypeToRestore(kind) && confirmation !== name) {
    const restore = { message: viewerOf(ctx, res).t('drift:wrong_name') };
    return drawFinding(ctx, req, res, { ...choice, errors: { restore } }, 422);
  }
  await carryOut(
    async () => {
      const { document } = await inspectDrift(ctx, choice);
      const jobId = await requestRestore(ctx, { dropletId: edge.id, findings: [{ kind, name }], shown });
      redirectAfterPost(req, res, next && document ? newStoreHref(document) : `/jobs/${jobId}`);
    },
    () => drawFinding(ctx, req, res, { ...choice, errors: {}, hasChanged: true }, 409),
  );
}

/** Of thousands nobody reads more before the decision; the list has them all. */
const FIRST = 50;

type All = { edge: EdgeName; error?: { message: string }; hasChanged?: boolean };

async function drawAll(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { edge, error, hasChanged = false }: All,
  status = 200,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const drifts = await listDrift(ctx, { dropletId: edge.id });
  const locals = {
    title: viewer.t('drift:restore_all_title', { edge: edge.name }),
    edge: edge.name,
    lines: drifts.slice(0, FIRST).map((drift) => toFindingLine(drift, viewer)),
    count: drifts.length,
    restorable: drifts.filter(canRestore).length,
    shown: fingerprintOfDrift(drifts),
    error,
    hasChanged,
  };
  await renderPage(req, res, 'console/edge/drift/restores', locals, status);
}
