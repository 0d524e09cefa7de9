import type { Request, Response } from 'express';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';

export async function showOverview(_ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPage(req, res, 'console/overview/index', { title: (res.locals.t as Translate)('frame:overview') });
}
