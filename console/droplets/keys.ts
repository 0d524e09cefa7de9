import type { Request, Response } from 'express';
import { abandonKeyRotation, beginKeyRotation, finishKeyRotation, verifyKeyRotation } from '#domain/droplets/index.ts';
import type { Context } from '#platform/context.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost } from '#platform/http/render.ts';
import type { Handler } from '#platform/http/routes.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { nameOf } from './request.ts';

/** The decision is carried out by the ops worker; the machine's page shows what comes of it. */
function decision(take: (ctx: Context, name: string) => Promise<string>, what: string): Handler<ConsoleContext> {
  return async (ctx, req: Request, res: Response) => {
    await take(ctx, nameOf(req));
    await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)(`droplets:rotation_flash_${what}`) });
    redirectAfterPost(req, res, `/droplets/${nameOf(req)}#login-key`);
  };
}

export const beginRotation = decision(beginKeyRotation, 'begun');
export const verifyRotation = decision(verifyKeyRotation, 'verifying');
export const finishRotation = decision(finishKeyRotation, 'finishing');
export const abandonRotation = decision(abandonKeyRotation, 'abandoned');
