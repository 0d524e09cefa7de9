import type { Request, Response } from 'express';
import { satisfies } from '#domain/operators/index.ts';
import { endLimit, limitStore, listActiveLimits } from '#domain/streams/index.ts';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { EMPTY_LIMIT, inWords, readLimitForm } from './forms.ts';

const PAGE = '/streams/limits';

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { values: {}, errors: {} });
}

export async function limit(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readLimitForm(values, t);
  if (!form.ok) return draw(ctx, req, res, { values, errors: form.errors }, 422);
  try {
    await limitStore(ctx, form.value);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    return draw(ctx, req, res, { values, errors: inWords(errorsByField(error.fields), t) }, 422);
  }
  await setFlash(req, { tone: 'success', text: t('limits:limited_flash') });
  redirectAfterPost(req, res, PAGE);
}

export async function end(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await endLimit(ctx, String(req.params.id));
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('limits:ended_flash') });
  redirectAfterPost(req, res, PAGE);
}

type Form = { values: Record<string, unknown>; errors: Record<string, unknown> };

async function draw(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const locals = {
    title: (res.locals.t as Translate)('limits:title'),
    limits: await listActiveLimits(ctx),
    mayAct: ctx.role !== undefined && satisfies(ctx.role, 'on_call'),
    values: { ...EMPTY_LIMIT, ...form.values },
    errors: form.errors,
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/streams/limits/index', locals, status);
}
