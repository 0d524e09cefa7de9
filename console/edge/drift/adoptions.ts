import type { Request, Response } from 'express';
import { adoptDrift, getEdgeNamed, inspectDrift } from '#domain/edge/index.ts';
import { InvalidInput } from '#platform/errors.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { carryOut } from '#console/edge/carry-out.ts';
import { findingForm } from '#console/edge/forms.ts';
import { edgeIn, viewerOf } from '#console/edge/viewer.ts';
import { drawFinding } from './handlers.ts';
import { mustTypeToAdopt } from './presenter.ts';

/** Makes a store what its file on an edge says. */
export async function adopt(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { kind, name, shown, confirmation } = parseInput(findingForm, req.body);
  const { id: dropletId } = await getEdgeNamed(ctx, edgeIn(req));
  if (kind === undefined || name === undefined) throw new InvalidInput('finding_missing', 'Say which finding.');
  const choice = { dropletId, kind, name };
  if (mustTypeToAdopt(await inspectDrift(ctx, choice)) && confirmation !== name) {
    const adoption = { message: viewerOf(ctx, res).t('drift:wrong_name') };
    return drawFinding(ctx, req, res, { ...choice, errors: { adoption } }, 422);
  }
  await carryOut(
    async () => redirectAfterPost(req, res, `/jobs/${await adoptDrift(ctx, { ...choice, shown })}`),
    () => drawFinding(ctx, req, res, { ...choice, errors: {}, hasChanged: true }, 409),
  );
}
