import type { Request, Response } from 'express';
import { storeOf } from '#tenant-app/middleware/store.ts';
import { themeCss } from '#tenant-app/theme.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The store's colours. Its address carries the version, so only that version may be kept under it. */
export function themeSheet(req: Request, res: Response): void {
  const { branding } = storeOf(res);
  const isExact = req.query.v === String(branding.themeVersion);
  res
    .set('Cache-Control', isExact ? `private, max-age=${YEAR_SECONDS}, immutable` : 'no-store')
    .type('css')
    .send(themeCss(branding));
}
