import type { Request, Response } from 'express';
import {
  countDead,
  getLetter,
  letterKey,
  listLetters,
  replayLetter,
  replayLetters,
  skipLetter,
  type LetterFilter,
} from '#domain/dead-letters/index.ts';
import { satisfies } from '#domain/operators/index.ts';
import { getTenant } from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { letterQuery, reasonForm, toFilter, type LetterQuery } from './forms.ts';

const PAGE_SIZE = 50;
const PAGE = '/streams/dead-letters';

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const query = parseInput(letterQuery, req.query);
  const filter = await filterOf(ctx, query);
  const after = ctx.cursors.decode(query.cursor);
  const page = toPage(
    await listLetters(ctx, { ...filter, limit: PAGE_SIZE, after }),
    PAGE_SIZE,
    ctx.cursors,
    letterKey,
  );
  await renderPage(req, res, 'console/streams/dead-letters/index', {
    title: (res.locals.t as Translate)('letters:title'),
    letters: page.items,
    values: query,
    dead: await countDead(ctx, filter),
    next: page.next_cursor === null ? undefined : addressOf({ ...query, cursor: page.next_cursor }),
    mayReplay: may(ctx, 'on_call'),
    asOf: ctx.clock.now(),
  });
}

export async function show(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const letter = await getLetter(ctx, idOf(req));
  await renderPage(req, res, 'console/streams/dead-letters/show', {
    title: letter.type,
    letter,
    may: { replay: may(ctx, 'on_call'), skip: may(ctx, 'operator') },
    asOf: ctx.clock.now(),
  });
}

export async function replay(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { because } = parseInput(reasonForm, req.body);
  await replayLetter(ctx, idOf(req), because);
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:replayed_flash', { count: 1 }) });
  redirectAfterPost(req, res, `${PAGE}/${idOf(req)}`);
}

/** Every dead letter of the filter that the page showed. */
export async function replayMany(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { because } = parseInput(reasonForm, req.body);
  const query = parseInput(letterQuery, req.body);
  const count = await replayLetters(ctx, await filterOf(ctx, query), because);
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:replayed_flash', { count }) });
  redirectAfterPost(req, res, addressOf(query));
}

export async function skip(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { because } = parseInput(reasonForm, req.body);
  await skipLetter(ctx, idOf(req), because);
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('letters:skipped_flash') });
  redirectAfterPost(req, res, `${PAGE}/${idOf(req)}`);
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
