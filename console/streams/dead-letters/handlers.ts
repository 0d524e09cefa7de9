import type { Request, Response } from 'express';
import {
  countDead,
  getLetter,
  letterKey,
  listLetters,
  mendLetter,
  replayLetter,
  replayLetters,
  skipLetter,
  type LetterFilter,
} from '#domain/dead-letters/index.ts';
import { satisfies } from '#domain/operators/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { AppError } from '#platform/errors.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput, readForm } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { letterQuery, mendingForm, reasonForm, toFilter, type LetterQuery } from './forms.ts';

const PAGE_SIZE = 50;
const PAGE = '/streams/dead-letters';

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawList(ctx, req, res, parseInput(letterQuery, req.query));
}

export async function show(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawLetter(ctx, req, res);
}

export async function replay(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const form = readForm(reasonForm, req.body);
  if (!form.ok) return drawLetter(ctx, req, res, BAD_REASON);
  await replayLetter(ctx, idOf(req), form.value.because);
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:replayed_flash', { count: 1 }) });
  redirectAfterPost(req, res, `${PAGE}/${idOf(req)}`);
}

/** Every dead letter of the filter that the page showed. */
export async function replayMany(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const form = readForm(reasonForm, req.body);
  const query = parseInput(letterQuery, req.body);
  if (!form.ok) return drawList(ctx, req, res, query, BAD_REASON);
  const count = await replayLetters(ctx, await filterOf(ctx, query), form.value.because);
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:replayed_flash', { count }) });
  redirectAfterPost(req, res, addressOf(query));
}

export async function skip(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const form = readForm(reasonForm, req.body);
  if (!form.ok) return drawLetter(ctx, req, res, BAD_REASON);
  await skipLetter(ctx, idOf(req), form.value.because);
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:skipped_flash') });
  redirectAfterPost(req, res, `${PAGE}/${idOf(req)}`);
}

/** Tries it again with the payload as it was typed. */
export async function mend(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { payload } = (req.body ?? {}) as Record<string, unknown>;
  const typed = typeof payload === 'string' ? payload : '';
  const form = readForm(mendingForm, req.body);
  if (!form.ok) return drawLetter(ctx, req, res, { ...BAD_MENDING, typed });
  try {
    await mendLetter(ctx, idOf(req), form.value.payload, form.value.because);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    return drawLetter(ctx, req, res, { status: 422, typed, mendingMessage: error.message });
  }
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:replayed_flash', { count: 1 }) });
  redirectAfterPost(req, res, `${PAGE}/${idOf(req)}`);
}

/** The form is drawn again, with what is missing said at the field. */
const BAD_REASON = { status: 422, error: 'letters:bad_because' };
const BAD_MENDING = { status: 422, mendingError: 'letters:bad_because' };
type Refusal = { status: number; error?: string; mendingError?: string; mendingMessage?: string; typed?: string };

async function drawList(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  query: LetterQuery,
  { status, error }: Refusal = { status: 200 },
): Promise<void> {
  const t = res.locals.t as Translate;
  const filter = await filterOf(ctx, query);
  const after = ctx.cursors.decode(query.cursor);
  const page = toPage(
    await listLetters(ctx, { ...filter, limit: PAGE_SIZE, after }),
    PAGE_SIZE,
    ctx.cursors,
    letterKey,
  );
  const locals = {
    title: t('letters:title'),
    letters: page.items,
    values: query,
    dead: await countDead(ctx, filter),
    next: page.next_cursor === null ? undefined : addressOf({ ...query, cursor: page.next_cursor }),
    mayReplay: may(ctx, 'on_call'),
    error: error && { message: t(error) },
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/streams/dead-letters/index', locals, status);
}

async function drawLetter(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { status, error, mendingError, mendingMessage, typed }: Refusal = { status: 200 },
): Promise<void> {
  const letter = await getLetter(ctx, idOf(req));
  const t = res.locals.t as Translate;
  const mendingRefusal = mendingMessage ?? (mendingError && t(mendingError));
  const locals = {
    title: letter.type,
    letter,
    may: { replay: may(ctx, 'on_call'), skip: may(ctx, 'operator'), mend: may(ctx, 'operator') },
    error: error && { message: t(error) },
    mending: { payload: typed ?? letter.mendedPayload ?? letter.payload, error: mendingRefusal },
    asOf: ctx.clock.now(),
  };
  await renderPage(req, res, 'console/streams/dead-letters/show', locals, status);
}

async function filterOf(ctx: ConsoleContext, query: LetterQuery): Promise<LetterFilter> {
  return toFilter(query, query.tenant === undefined ? undefined : (await getTenant(ctx, query.tenant)).id);
}

function addressOf(query: LetterQuery): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `${PAGE}?${new URLSearchParams(given).toString()}`;
}

const idOf = (req: Request) => String(req.params.id);
const may = (ctx: ConsoleContext, needed: 'on_call' | 'operator') =>
  ctx.role !== undefined && satisfies(ctx.role, needed);
