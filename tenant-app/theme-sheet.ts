import type { Request, Response } from 'express';
import { themeCss, type BrandColors } from './theme.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Sends a store's colours. The address carries the version of the theme (`?v=`), so only that very version may be kept
 * under it: a process that has not heard of a new theme yet must not fix the old one in browsers.
 */
export function sendThemeSheet(req: Request, res: Response, theme: BrandColors & { version: number }): void {
  const isExact = req.query.v === String(theme.version);
  res
    .set('Cache-Control', isExact ? `private, max-age=${YEAR_SECONDS}, immutable` : 'no-store')
    .type('css')
    .send(themeCss(theme));
}
