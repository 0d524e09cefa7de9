import type { Request, Response } from 'express';
import { COUNTED_UP_TO, EVENT_CATALOGUE } from '#domain/events/index.ts';
import { satisfies } from '#domain/operators/index.ts';
import { endReplay, listRecentReplays, previewReplay, startReplay } from '#domain/streams/index.ts';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField, parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { inWords, lastHour, readReplayForm, replayQuery } from './forms.ts';

const PAGE = '/streams/replays';

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { values: {}, errors: {} });
}

/** The list alone, for a page that watches a replay. */
export async function progress(ctx: ConsoleContext, _req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/replays/_list', await listing(ctx));
}

/** How many events it would apply again, while it is typed. */
export async function preview(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/replays/_preview', {
    isCounting: false,
    count: await countFor(ctx, req.query),
    COUNTED_UP_TO,
  });
}

export async function start(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readReplayForm(values, t);
  if (!form.ok) return draw(ctx, req, res, { values, errors: form.errors }, 422);
  try {
    await startReplay(ctx, form.value);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.fields.length === 0) {
      await setFlash(req, { tone: 'danger', text: t(`replays:${error.code}`, { defaultValue: error.message }) });
      return redirectAfterPost(req, res, PAGE);
    }
    return draw(ctx, req, res, { values, errors: inWords(errorsByField(error.fields), t) }, 422);
  }
  await setFlash(req, { tone: 'success', text: t('replays:started_flash') });
  redirectAfterPost(req, res, PAGE);
}

export async function cancel(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await endReplay(ctx, String(req.params.id));
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('replays:cancelled_flash') });
  redirectAfterPost(req, res, PAGE);
}

type Form = { values: Record<string, unknown>; errors: Record<string, unknown> };

async function draw(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const values = { ...lastHour(ctx.clock.now()), ...form.values };
  const locals = {
    ...(await listing(ctx)),
    title: (res.locals.t as Translate)('replays:title'),
    mayStart: mayDo(ctx, 'operator'),
    values,
    errors: form.errors,
    types: Object.keys(EVENT_CATALOGUE).toSorted(),
  };
  await renderPage(req, res, 'console/streams/replays/index', locals, status);
}

const LOOKS = { running: 'replay', done: 'ok', cancelled: 'paused' } as const;

async function listing(ctx: ConsoleContext) {
  const replays = (await listRecentReplays(ctx)).map((replay) => ({
    ...replay,
    status: LOOKS[replay.state],
    between: { from: inMinutes(replay.from), to: inMinutes(replay.to) },
  }));
  return { replays, mayCancel: mayDo(ctx, 'on_call'), asOf: ctx.clock.now() };
}

/** Like `2026-11-26 14:05`, in UTC. */
function inMinutes(at: Date): string {
  return at.toISOString().slice(0, 16).replace('T', ' ');
}

function mayDo({ role }: ConsoleContext, needed: 'operator' | 'on_call'): boolean {
  return role !== undefined && satisfies(role, needed);
}

/** Undefined while what is typed names nothing. */
async function countFor(ctx: ConsoleContext, typed: unknown): Promise<number | undefined> {
  try {
    return await previewReplay(ctx, parseInput(replayQuery, typed));
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
