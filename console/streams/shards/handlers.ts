import type { Request, Response } from 'express';
import { satisfies } from '#domain/operators/index.ts';
import { changeShardCount, listRecentCommands, readReaders, readShards } from '#domain/streams/index.ts';
import { AppError, type FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField, readForm } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { toCommandRows } from '../commands/presenter.ts';
import { delay, type Words } from '../words.ts';
import { shardForm } from './forms.ts';

const PAGE = '/streams/shards';

export async function show(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { values: {}, errors: {} });
}

export async function change(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readForm(shardForm, req.body);
  if (!form.ok) return draw(ctx, req, res, { values, errors: form.errors }, 422);
  try {
    await changeShardCount(ctx, form.value.count, form.value.reason);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    return draw(ctx, req, res, { values, errors: errorsByField(error.fields) }, 422);
  }
  await setFlash(req, { tone: 'success', text: (res.locals.t as Translate)('shards:changed_flash') });
  redirectAfterPost(req, res, PAGE);
}

type Form = { values: Record<string, unknown>; errors: Record<string, FieldError> };

async function draw(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const { t, locale } = res.locals as Words;
  const [overview, readers, commands] = await Promise.all([
    readShards(ctx),
    readReaders(ctx, ctx.redis),
    listRecentCommands(ctx),
  ]);
  const errors = Object.fromEntries(
    Object.entries(form.errors).map(([path, error]) => {
      const keys = [`shards:bad_${path}_${error.code}`, `shards:bad_${path}`];
      return [path, { ...error, message: t(keys, { defaultValue: error.message }) }];
    }),
  );
  const locals = {
    title: t('shards:title'),
    overview,
    readers: readers && {
      ...readers,
      readers: readers.readers.map((one) => ({ ...one, idle: delay(one.idleMs, locale) })),
    },
    commands: toCommandRows(commands),
    mayAct: ctx.role !== undefined && satisfies(ctx.role, 'operator'),
    values: { count: String(overview.count), reason: '', ...form.values },
    errors,
  };
  await renderPage(req, res, 'console/streams/shards/index', locals, status);
}
