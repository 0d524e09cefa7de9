import type { Request, Response } from 'express';
import { deactivateOperator, getOperator } from '#domain/operators/index.ts';
import type { FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { idOf } from './handlers.ts';

export async function confirmDeactivation(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, undefined, 200);
}

export async function deactivate(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { email } = await getOperator(ctx, idOf(req));
  if ((req.body as { confirmation?: unknown } | undefined)?.confirmation !== email) {
    const message = t('operators:type_email', { email });
    await draw(ctx, req, res, { path: 'confirmation', code: 'not_confirmed', message }, 422);
    return;
  }
  const { name } = await deactivateOperator(ctx, idOf(req));
  await setFlash(req, { tone: 'success', text: t('operators:deactivated', { name }) });
  redirectAfterPost(req, res, '/operators');
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, error: FieldError | undefined, status: number) {
  const operator = await getOperator(ctx, idOf(req));
  const title = (res.locals.t as Translate)('operators:deactivate_title', { name: operator.name });
  await renderPage(req, res, 'console/operators/deactivation', { title, operator, error }, status);
}
