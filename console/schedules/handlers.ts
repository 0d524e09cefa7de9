import type { Request, Response } from 'express';
import {
  changeSchedule,
  createSchedule,
  getSchedule,
  listRuns,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runKey,
  runScheduleNow,
  type Schedule,
  type ScheduleInput,
} from '#domain/schedules/index.ts';
import { AppError } from '#platform/errors.ts';
import { toPage } from '#platform/http/cursor.ts';
import { errorsByField, parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { EMPTY_SCHEDULE, inWords, previewQuery, readScheduleForm } from './forms.ts';
import { toPreview, toRunView, toScheduleView, workChoices } from './presenter.ts';
import { viewerOf } from './viewer.ts';

const PAGE_SIZE = 50;

export async function listAll(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const schedules = await listSchedules(ctx);
  await renderPage(req, res, 'console/schedules/index', {
    title: viewer.t('schedules:title'),
    lines: await Promise.all(schedules.map((schedule) => toScheduleView(schedule, viewer))),
    mayCreate: viewer.may('operator'),
    asOf: viewer.now,
  });
}

export async function show(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const schedule = await getSchedule(ctx, idOf(req));
  const after = ctx.cursors.decode(typeof req.query.cursor === 'string' ? req.query.cursor : undefined);
  const rows = await listRuns(ctx, schedule.id, { limit: PAGE_SIZE, after });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, runKey);
  const view = await toScheduleView(schedule, viewer);
  await renderPage(req, res, 'console/schedules/show', {
    title: schedule.name,
    schedule: view,
    preview: await toPreview(schedule, viewer),
    runs: page.items.map((run) => toRunView(run, viewer)),
    next: page.next_cursor && `${view.href}?${new URLSearchParams({ cursor: page.next_cursor }).toString()}`,
    may: { act: viewer.may('on_call'), change: viewer.may('operator') },
    asOf: viewer.now,
  });
}

export async function newSchedule(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawForm(ctx, req, res, { values: EMPTY_SCHEDULE, errors: {} });
}

export async function edit(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const schedule = await getSchedule(ctx, idOf(req));
  await drawForm(ctx, req, res, { schedule, values: valuesOf(schedule), errors: {} });
}

export async function create(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await submit(ctx, req, res, { write: (input) => createSchedule(ctx, input) });
}

export async function save(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const schedule = await getSchedule(ctx, idOf(req));
  await submit(ctx, req, res, { schedule, write: (input) => changeSchedule(ctx, schedule.id, input) });
}

/** What an expression means, while it is typed. */
export async function previewTimes(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const preview = await toPreview(parseInput(previewQuery, req.query), viewerOf(ctx, res));
  await renderPartial(res, 'console/schedules/_preview', { preview });
}

export async function pause(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await pauseSchedule(ctx, idOf(req));
  await back(ctx, req, res, 'paused_flash');
}

export async function resume(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await resumeSchedule(ctx, idOf(req));
  await back(ctx, req, res, 'resumed_flash');
}

export async function runNow(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  redirectAfterPost(req, res, `/jobs/${await runScheduleNow(ctx, idOf(req))}`);
}

export async function confirmDeletion(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawDeletion(ctx, req, res, { error: undefined }, 200);
}

export async function remove(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { id, name } = await getSchedule(ctx, idOf(req));
  const typed = (req.body as { confirmation?: unknown } | undefined)?.confirmation;
  if (typeof typed !== 'string' || typed.trim() !== name)
    return drawDeletion(ctx, req, res, { error: { message: t('schedules:wrong_name') } }, 422);
  await removeSchedule(ctx, id);
  await setFlash(req, { tone: 'success', text: t('schedules:deleted_flash', { name }) });
  redirectAfterPost(req, res, '/schedules');
}

type Submission = { schedule?: Schedule; write: (input: ScheduleInput) => Promise<Schedule> };

async function submit(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { schedule, write }: Submission,
): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const values = (req.body ?? {}) as Record<string, unknown>;
  const form = readScheduleForm(values, t);
  if (!form.ok) return drawForm(ctx, req, res, { schedule, values, errors: form.errors }, 422);
  try {
    redirectAfterPost(req, res, `/schedules/${(await write(form.value)).id}`);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    await drawForm(ctx, req, res, { schedule, values, errors: inWords(errorsByField(error.fields), t) }, 422);
  }
}

type Form = { schedule?: Schedule | undefined; values: Record<string, unknown>; errors: Record<string, unknown> };

async function drawForm(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const { schedule, errors } = form;
  const values = { ...EMPTY_SCHEDULE, ...form.values };
  const locals = {
    title: schedule ? schedule.name : viewer.t('schedules:new'),
    action: schedule ? `/schedules/${schedule.id}/edit` : '/schedules',
    back: schedule ? `/schedules/${schedule.id}` : '/schedules',
    works: workChoices(viewer),
    values,
    errors,
    preview: await toPreview(parseInput(previewQuery, values), viewer),
  };
  await renderPage(req, res, 'console/schedules/form', locals, status);
}

async function drawDeletion(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { error }: { error: { message: string } | undefined },
  status: number,
): Promise<void> {
  const { id, name } = await getSchedule(ctx, idOf(req));
  const title = viewerOf(ctx, res).t('schedules:delete_title', { name });
  await renderPage(req, res, 'console/schedules/deletion', { title, href: `/schedules/${id}`, name, error }, status);
}

async function back(ctx: ConsoleContext, req: Request, res: Response, said: string): Promise<void> {
  await setFlash(req, { tone: 'success', text: viewerOf(ctx, res).t(`schedules:${said}`) });
  redirectAfterPost(req, res, `/schedules/${idOf(req)}`);
}

function valuesOf({ name, work, cron, timezone, whenMissed }: Schedule) {
  return { name, work, cron, timezone, when_missed: whenMissed };
}

const idOf = (req: Request) => String(req.params.id);
