import type { Request, Response } from 'express';
import {
  fieldsOf,
  getDroplet,
  isVerb,
  requestRun,
  verbsOf,
  type DropletRole,
  type VerbName,
} from '#domain/droplets/index.ts';
import { AppError, type FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField } from '#platform/http/parse.ts';
import { isPartial, redirectAfterPost, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { nameOf } from './request.ts';

type RunForm = { verb: VerbName; values: Record<string, unknown>; errors: Record<string, FieldError> };

/** A verb with nothing typed yet. */
export function emptyRun(verb: VerbName): RunForm {
  const initial = fieldsOf(verb).map((field) => [field.name, field.kind === 'number' ? (field.initial ?? '') : '']);
  return { verb, values: Object.fromEntries(initial), errors: {} };
}

export async function newRun(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const droplet = await getDroplet(ctx, nameOf(req));
  await drawForm(req, res, droplet, emptyRun(known(req.query.verb)));
}

export async function createRun(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const droplet = await getDroplet(ctx, nameOf(req));
  const { _csrf, verb, ...values } = (req.body ?? {}) as Record<string, string | undefined>;
  const names = fieldsOf(known(verb)).map((field) => field.name);
  const args = Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
  try {
    redirectAfterPost(req, res, `/jobs/${await requestRun(ctx, droplet.name, { verb: verb ?? '', args })}`);
  } catch (error) {
    const errors = refusalOf(error, res.locals.t as Translate);
    await drawForm(req, res, droplet, { verb: known(verb), values, errors }, (error as AppError).status);
  }
}

/** A form must draw some verb, also when it was sent none that we know. */
function known(verb: unknown): VerbName {
  return typeof verb === 'string' && isVerb(verb) ? verb : 'status';
}

/** Which field is at fault, in the reader's words. Throws what is no matter of the form. */
function refusalOf(error: unknown, t: Translate): Record<string, FieldError> {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'too_many_follows')
    return { follow: { path: 'follow', code: error.code, message: t('droplets:bad_follow_too_many') } };
  if (error.code !== 'run_invalid') throw error;
  const fields = error.fields.map((field) => ({ ...field, path: field.path.replace('args.', '') }));
  const known = ['verb', 'log', 'lines', 'follow', 'slug'];
  return errorsByField(
    fields.map((it) => ({ ...it, message: known.includes(it.path) ? t(`droplets:bad_${it.path}`) : it.message })),
  );
}

/** What the form to run a verb takes, on its own page as on the machine's. */
export function runFormLocals({ name, role }: { name: string; role: DropletRole }, form: RunForm, t: Translate) {
  return {
    run: {
      href: `/droplets/${name}/runs`,
      verb: form.verb,
      verbs: verbsOf(role).map((verb) => ({ verb, label: t(`droplets:verb_${verb}`) })),
      explain: t(`droplets:explain_${form.verb}`),
      fields: fieldsOf(form.verb).map((field) => ({
        ...field,
        label: t(`droplets:argument_${field.name}`),
        help: t(`droplets:argument_${field.name}_help`),
        value: form.values[field.name] ?? '',
        error: form.errors[field.name],
      })),
      error: form.errors.verb ?? form.errors.args,
    },
  };
}

async function drawForm(
  req: Request,
  res: Response,
  droplet: { name: string; role: DropletRole },
  form: RunForm,
  status = 200,
): Promise<void> {
  const t = res.locals.t as Translate;
  const locals = runFormLocals(droplet, form, t);
  if (isPartial(req)) return renderPartial(res, 'console/droplets/_run_form', locals, status);
  const title = t('droplets:run_title', { name: droplet.name });
  await renderPage(req, res, 'console/droplets/run', { title, name: droplet.name, ...locals }, status);
}
