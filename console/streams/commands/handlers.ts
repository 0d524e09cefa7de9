import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { CommandInput } from '#domain/events/index.ts';
import { askCommand, listRecentCommands, previewCommand } from '#domain/streams/index.ts';
import { AppError, type FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput, readForm } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { commandDraft, commandForm, commandQuery } from './forms.ts';
import { toCommandRows } from './presenter.ts';

const PAGE = '/streams/shards';

/** What it would do, and the question why. */
export async function confirm(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const input = toInput(parseInput(commandQuery, req.query));
  await draw(ctx, req, res, { input, reason: '', errors: {} });
}

export async function ask(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const form = readForm(commandForm, req.body);
  if (!form.ok) {
    const { reason, ...typed } = parseInput(commandDraft, req.body);
    const errors = { ...form.errors, ...(form.errors.reason && { reason: { message: t('commands:bad_reason') } }) };
    return draw(ctx, req, res, { input: toInput(typed), reason, errors }, 422);
  }
  const { reason, ...fields } = form.value;
  try {
    await askCommand(ctx, ctx.redis, { ...toInput(fields), reason });
    await setFlash(req, { tone: 'success', text: t('commands:asked_flash') });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await setFlash(req, { tone: 'danger', text: inWords(error, t) });
  }
  redirectAfterPost(req, res, PAGE);
}

/** The list alone, for a page that waits for the answer of a worker. */
export async function progress(ctx: ConsoleContext, _req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/streams/commands/_list', {
    commands: toCommandRows(await listRecentCommands(ctx)),
  });
}

type Form = { input: CommandInput; reason: string; errors: Record<string, Pick<FieldError, 'message'>> };

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { input, reason, errors }: Form,
  status = 200,
): Promise<void> {
  const t = res.locals.t as Translate;
  try {
    const count = await previewCommand(ctx, ctx.redis, input);
    const locals = { title: t(`commands:title_${input.kind}`), input, count, reason, errors, back: PAGE };
    await renderPage(req, res, 'console/streams/commands/new', locals, status);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await setFlash(req, { tone: 'danger', text: inWords(error, t) });
    redirectAfterPost(req, res, PAGE);
  }
}

function inWords(error: AppError, t: Translate): string {
  return t(`commands:refused_${error.code}`, { defaultValue: error.message });
}

function toInput({ kind, shard, consumer }: z.output<typeof commandQuery>): CommandInput {
  return { kind, shard, consumer: kind === 'trim' ? undefined : (consumer ?? ''), trimBefore: undefined };
}
