import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { renderPage } from '#platform/http/render.ts';
import { findToken, verifyToken, type AuthContext } from './context.ts';
import { safeNext } from './safe-next.ts';

const credentials = z.object({ email: z.string().trim().min(1).max(254), password: z.string().min(1).max(1000) });

type Form = { email: string; next: string; message?: string };

export async function showLogin(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const next = safeNext(req.query.next);
  if (await isSignedIn(ctx, req)) {
    res.redirect(302, next);
    return;
  }
  const t = res.locals.t as Translate;
  const notice = 'signed_out' in req.query ? { notice: t('auth:signed_out') } : {};
  await renderForm(req, res, { email: '', next, ...notice }, 200);
}

export async function submitLogin(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const { email, next } = (req.body ?? {}) as Record<string, unknown>;
  const form = { email: typeof email === 'string' ? email : '', next: safeNext(next) };
  const read = credentials.safeParse(req.body);
  if (!read.success) {
    await renderForm(req, res, { ...form, message: res.locals.t('auth:refused') as string }, 401);
    return;
  }
  try {
    const grant = await ctx.vertical.login(ctx.caller, read.data);
    ctx.cookie.set(res, grant.access_token, grant.expires_in);
    res.redirect(303, form.next);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.retryAfterSeconds !== undefined) res.set('Retry-After', String(error.retryAfterSeconds));
    await renderForm(req, res, { ...form, message: messageOf(error, res.locals.t as Translate) }, error.status);
  }
}

export async function login(ctx: AuthContext, req: Request, res: Response): Promise<void> {
  const grant = await ctx.vertical.login(ctx.caller, parseInput(credentials, req.body));
  res.set('Cache-Control', 'no-store').json(grant);
}

/** A good signature is enough to skip the form; a session that is over meanwhile loses its cookie on the first page. */
async function isSignedIn(ctx: AuthContext, req: Request): Promise<boolean> {
  const token = findToken(ctx, req);
  return token !== undefined && (await verifyToken(ctx, token).then(Boolean, () => false));
}

function messageOf(error: AppError, t: Translate): string {
  if (error.status === 401) return t('auth:refused');
  if (error.status === 429) return t('auth:throttled', { minutes: Math.ceil((error.retryAfterSeconds ?? 60) / 60) });
  return error.code === 'store_suspended' ? t('errors:store_suspended') : t('auth:away');
}

type Drawn = Form & { notice?: string };

async function renderForm(req: Request, res: Response, form: Drawn, status: number): Promise<void> {
  res.set('Cache-Control', 'no-store');
  const title = res.locals.t('auth:title') as string;
  const { email, next, message, notice } = form;
  await renderPage(req, res, 'tenant-app/auth/login', { title, email, next, message, notice }, status);
}
