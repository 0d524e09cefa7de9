import type { Request, Response } from 'express';
import { getDroplet, retireDroplet } from '#domain/droplets/index.ts';
import { Conflict } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { nameOf } from './request.ts';

export async function confirmRetirement(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, {});
}

export async function retire(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { name } = await getDroplet(ctx, nameOf(req));
  if ((req.body as { confirmation?: unknown } | undefined)?.confirmation !== name)
    return draw(ctx, req, res, { error: { message: t('droplets:wrong_confirmation', { name }) } }, 422);
  try {
    await retireDroplet(ctx, name);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return draw(ctx, req, res, { refusal: t(`errors:${error.code}`, error.members) }, 409);
  }
  await setFlash(req, { tone: 'success', text: t('droplets:retired_flash', { name }) });
  redirectAfterPost(req, res, '/droplets');
}

type Problem = { error?: { message: string }; refusal?: string };

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { error, refusal }: Problem,
  status = 200,
): Promise<void> {
  const { name, role, keyName } = await getDroplet(ctx, nameOf(req));
  const title = (res.locals.t as Translate)('droplets:retire_title', { name });
  const locals = { title, name, role, keyName, href: `/droplets/${name}`, error, refusal };
  await renderPage(req, res, 'console/droplets/retirement', locals, status);
}
