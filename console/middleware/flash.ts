import type { Request } from 'express';
import { keepSession } from './session.ts';

type Flash = { tone: 'success' | 'warning' | 'danger'; text: string };

declare module 'express-session' {
  interface SessionData {
    flash?: Flash;
  }
}

/** Keeps one sentence for the next page: what was just done. */
export async function setFlash(req: Request, flash: Flash): Promise<void> {
  req.session.flash = flash;
  await keepSession(req);
}

/** The sentence kept for this page. A piece of a page leaves it for the next whole one. */
export function takeFlash(req: Request): Flash | undefined {
  const { flash } = req.session;
  if (flash === undefined || req.method !== 'GET' || req.get('HX-Request-Type') === 'partial') return undefined;
  delete req.session.flash;
  return flash;
}
