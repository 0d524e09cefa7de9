import type { Request, Response } from 'express';
import { satisfies } from '#domain/operators/index.ts';
import { listActivePauses, pauseFlow, previewPause, resumeFlow } from '#domain/streams/index.ts';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField, parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { EMPTY_PAUSE, inWords, previewQuery, readPauseForm } from './forms.ts';

const PAGE = '/streams/pauses';

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { values: EMPTY_PAUSE, errors: {} });
}

/** How many events a pause would hold, while it is typed. */
export async function preview(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/pauses/_preview', { held: await heldBy(ctx, req.query) });
}

export async function pause(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readPauseForm(values, t);
  if (!form.ok) return draw(ctx, req, res, { values, errors: form.errors }, 422);
  try {
    await pauseFlow(ctx, form.value);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    return draw(ctx, req, res, { values, errors: inWords(errorsByField(error.fields), t) }, 422);
  }
  await setFlash(req, { tone: 'success', text: t('pauses:paused_flash') });
  redirectAfterPost(req, res, PAGE);
}

export async function resume(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await resumeFlow(ctx, String(req.params.id));
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('pauses:resumed_flash') });
  redirectAfterPost(req, res, PAGE);
}

type Form = { values: Record<string, unknown>; errors: Record<string, unknown> };

async function draw(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const values = { ...EMPTY_PAUSE, ...form.values };
  const locals = {
    title: (res.locals.t as Translate)('pauses:title'),
    pauses: await listActivePauses(ctx),
    mayAct: ctx.role !== undefined && satisfies(ctx.role, 'on_call'),
    values,
    errors: form.errors,
    held: await heldBy(ctx, values),
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/streams/pauses/index', locals, status);
}

/** Undefined while what is typed names nothing. */
async function heldBy(ctx: ConsoleContext, typed: unknown): Promise<number | undefined> {
  try {
    return await previewPause(ctx, parseInput(previewQuery, typed));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
