import type { Request, Response } from 'express';
import { readRetention } from '#domain/retention/index.ts';
import type { Locale, Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { presentRetention } from './presenter.ts';

export async function showRetention(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const words = { t: res.locals.t as Translate, locale: res.locals.locale as Locale };
  const retention = presentRetention(await readRetention(ctx), words);
  await renderPage(req, res, 'console/streams/retention/index', { title: words.t('retention:title'), retention });
}
