import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  confirmApplication,
  CSV_COLUMNS,
  FILE_FORMATS,
  formatOf,
  getApplication,
  LINE_CHOICES,
  lineKey,
  listLines,
  listRecentApplications,
  planApplication,
  textOf,
  type Application,
} from '#domain/applications/index.ts';
import { getJob } from '#domain/jobs/index.ts';
import { AppError, NotFound } from '#platform/errors.ts';
import { toPage } from '#platform/http/cursor.ts';
import { parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, render, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { streamJobs } from '#console/jobs/live.ts';
import type { UploadedFile } from '#console/middleware/upload.ts';
import { readStoreForm } from '#console/tenants/forms.ts';
import { EMPTY_FORM, type FormState } from '#console/tenants/submission.ts';
import { viewerOf } from '#console/tenants/viewer.ts';
import { exampleOf } from './examples.ts';
import { sendFirstPasswords } from './first-passwords.ts';
import {
  applicationHref,
  NAMED,
  toChoices,
  toFileFault,
  toLineView,
  toProgress,
  toRecentLine,
  toReport,
} from './presenter.ts';

const PAGE_SIZE = 50;
const RECENT = 5;
/** So much of a refused file is given back to be mended in the page. */
const MENDABLE_CHARACTERS = 200_000;

export async function newApplication(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawForm(ctx, req, res, EMPTY_FORM, 200);
}

export async function sendExample(_ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const format = FILE_FORMATS.find((it) => it === req.params.format);
  if (!format) throw new NotFound();
  res.attachment(`stores.${format}`).send(await exampleOf(format));
}

export async function planFile(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { file, content = '' } = (req.body ?? {}) as { file?: UploadedFile; content?: string };
  let text = content;
  try {
    if (file) text = textOf(file.bytes);
    if (text.trim() === '')
      return await drawRefusal(ctx, req, res, { text, isFile: false, message: t('applications:no_file') });
    const format = formatOf({ name: file?.name, text });
    redirectAfterPost(req, res, applicationHref(await planApplication(ctx, { format, content: text })));
  } catch (error) {
    if (!(error instanceof AppError) || error.status !== 422) throw error;
    await drawRefusal(ctx, req, res, { text, isFile: file !== undefined, message: toFileFault(error, t) });
  }
}

const confirmationForm = z.object({ reason: z.string().trim().max(300).default('') });

export async function confirm(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const form = readStoreForm(confirmationForm, req.body, viewerOf(ctx, res).t);
  const application = await getApplication(ctx, idOf(req));
  if (!form.ok) return draw(ctx, req, res, { application, form, status: 422 });
  await confirmApplication(ctx, application.id, { reason: form.value.reason || undefined });
  redirectAfterPost(req, res, applicationHref(application.id));
}

export async function showApplication(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, { application: await getApplication(ctx, idOf(req)), form: EMPTY_FORM, status: 200 });
}

/** The live piece of the page alone, for a browser whose stream is down. */
export async function showApplicationProgress(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, PROGRESS, { progress: await progressOf(ctx, req, res) });
}

export async function followApplication(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { jobId: own } = await getApplication(ctx, idOf(req));
  streamJobs(ctx, req, res, {
    // The stores' own jobs are many; how far they are is looked at every other second.
    concerns: (jobId) => jobId === own,
    draw: async () => render(res, PROGRESS, { progress: await progressOf(ctx, req, res) }),
  });
}

export async function issuePasswords(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await sendFirstPasswords(ctx, idOf(req), res);
}

const PROGRESS = 'console/tenants/applications/_progress';

async function progressOf(ctx: ConsoleContext, req: Request, res: Response) {
  const application = await getApplication(ctx, idOf(req));
  const { jobId } = application;
  const jobStatus = jobId === undefined ? undefined : (await getJob(ctx, jobId)).status;
  const unwellLines = await listLines(ctx, application.id, { which: 'unwell', limit: NAMED });
  return toProgress({ application, jobStatus, unwellLines }, viewerOf(ctx, res));
}

type Drawing = { application: Application; form: FormState; status: number };

const lineQuery = z.object({
  which: z.enum(LINE_CHOICES).catch('all'),
  cursor: z.string().optional().catch(undefined),
});

async function draw(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { application, form, status }: Drawing,
): Promise<void> {
  const viewer = viewerOf(ctx, res);
  const { id } = application;
  const { which, cursor } = parseInput(lineQuery, req.query);
  const rows = await listLines(ctx, id, { which, limit: PAGE_SIZE, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, lineKey);
  const report = toReport(application, viewer);
  const progress = report.isConfirmed ? await progressOf(ctx, req, res) : undefined;
  const locals = {
    ...report,
    progress,
    // While it runs, only the live piece can say where a line is.
    hasEnded: progress?.isOver === true,
    choices: toChoices(application, which, viewer),
    lines: page.items.map((line) => toLineView(line, viewer)),
    next: page.next_cursor && `${report.href}?${new URLSearchParams({ which, cursor: page.next_cursor }).toString()}`,
    values: form.values,
    errors: form.errors,
  };
  await renderPage(req, res, 'console/tenants/applications/show', locals, status);
}

type Refusal = { text: string; isFile: boolean; message: string };

/** What was pasted stays; of a file the text is given back, unless it is too long to be mended in a page. */
async function drawRefusal(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { text, isFile, message }: Refusal,
): Promise<void> {
  const content = isFile && text.length > MENDABLE_CHARACTERS ? '' : text;
  const values = { content, textKept: isFile && content !== '' };
  await drawForm(ctx, req, res, { values, errors: { content: { message } } }, 422);
}

async function drawForm(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { values, errors }: FormState,
  status: number,
): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const recent = await listRecentApplications(ctx, RECENT);
  const locals = {
    title: t('applications:new_title'),
    values: { content: '', textKept: false, ...values },
    errors,
    columns: CSV_COLUMNS,
    recent: recent.map((it) => toRecentLine(it, t)),
  };
  await renderPage(req, res, 'console/tenants/applications/new', locals, status);
}

const idOf = (req: Request) => String(req.params.id);
