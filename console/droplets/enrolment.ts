import type { Request, Response } from 'express';
import {
  askForHostKey,
  DROPLET_ROLES,
  enrolCompared,
  findDroplet,
  parseMachine,
  type Droplet,
} from '#domain/droplets/index.ts';
import { AppError, type FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import { fingerprint } from '#platform/ssh/fingerprint.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';

/*
 * In two steps, so that nothing is trusted that nobody has compared: what was typed is checked and the machine asked for its
 * key; then, with the fingerprint said to be the machine's own, it is asked again and pinned.
 */

type Values = Record<string, string>;
const EMPTY: Values = {
  name: '',
  role: 'edge',
  host: '',
  port: '22',
  username: 'basecommerce-agent',
  key_name: '',
  probe_url: '',
};

/** What was typed can come back in the address, from the second step or for a machine that is enrolled anew. */
export async function newMachine(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const known = typeof req.query.again === 'string' ? await findDroplet(ctx, req.query.again) : undefined;
  await drawForm(req, res, { values: { ...EMPTY, ...(known ? valuesOf(known) : typedIn(req.query)) }, errors: {} });
}

/** First step: what the machine shows, to be compared. */
export async function compareKey(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const values = { ...EMPTY, ...typedIn(req.body) };
  try {
    const shown = fingerprint(await askForHostKey(parseMachine(machineOf(values))));
    await drawComparison(ctx, req, res, { values, shown });
  } catch (error) {
    await drawForm(req, res, { values, errors: errorsOf(error, values, res.locals.t as Translate) }, 422);
  }
}

/** Second step: pins it. */
export async function enrol(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const values = { ...EMPTY, ...typedIn(req.body) };
  const { fingerprint: shown = '', compared } = (req.body ?? {}) as Record<string, string | undefined>;
  if (compared !== 'on') return drawComparison(ctx, req, res, { values, shown, isUnticked: true }, 422);
  try {
    const { droplet } = await enrolCompared(ctx, machineOf(values), shown);
    await setFlash(req, { tone: 'success', text: t('droplets:enrolled_flash', { name: droplet.name }) });
    redirectAfterPost(req, res, `/droplets/${droplet.name}`);
  } catch (error) {
    if (error instanceof AppError && error.code === 'fingerprint_differs') {
      const now = String(error.members.fingerprint);
      return drawComparison(ctx, req, res, { values, shown: now, expected: shown }, 409);
    }
    await drawForm(req, res, { values, errors: errorsOf(error, values, t) }, 422);
  }
}

/** The fields a form may send, and nothing else; what is no text is taken as empty. */
function typedIn(source: unknown): Values {
  const given = (source ?? {}) as Record<string, unknown>;
  const typed = Object.keys(EMPTY).filter((name) => typeof given[name] === 'string');
  return Object.fromEntries(typed.map((name) => [name, (given[name] as string).trim()]));
}

function machineOf({ name, role, host, port, username, key_name: keyName, probe_url: probeUrl }: Values) {
  const machine = {
    name,
    role,
    host,
    port: port === '' ? Number.NaN : Number(port),
    username,
    keyName: keyName || name,
  };
  return { ...machine, ...(probeUrl && { probeUrl }) };
}

function valuesOf({ name, role, host, port, username, keyName, probeUrl }: Droplet): Values {
  return { name, role, host, port: String(port), username, key_name: keyName, probe_url: probeUrl ?? '' };
}

const FORM_NAMES: Record<string, string> = { keyName: 'key_name', probeUrl: 'probe_url' };

/** The fields at fault in the reader's words; a machine that shows no key is a matter of its address. */
function errorsOf(error: unknown, { host, port }: Values, t: Translate): Record<string, FieldError> {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'ssh_connect_failed') {
    const message = t('droplets:bad_host_silent', { address: `${host}:${port}`, reason: error.message });
    return { host: { path: 'host', code: error.code, message } };
  }
  if (error.code !== 'droplet_invalid') throw error;
  const fields = error.fields.map((field) => ({ ...field, path: FORM_NAMES[field.path] ?? field.path }));
  return errorsByField(fields.map((field) => ({ ...field, message: t(`droplets:bad_${field.path}`) })));
}

type Form = { values: Values; errors: Record<string, FieldError> };

async function drawForm(req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const title = (res.locals.t as Translate)('droplets:enrol');
  await renderPage(req, res, 'console/droplets/new', { title, roles: DROPLET_ROLES, ...form }, status);
}

type Comparison = { values: Values; shown: string; isUnticked?: boolean; expected?: string };

async function drawComparison(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { values, shown, isUnticked = false, expected }: Comparison,
  status = 200,
): Promise<void> {
  const known = await findDroplet(ctx, values.name ?? '');
  const locals = {
    title: (res.locals.t as Translate)('droplets:compare', { name: values.name }),
    values,
    shown,
    expected,
    known: known && { fingerprint: known.fingerprint, isSame: known.fingerprint === shown },
    isUnticked,
    back: `/droplets/new?${new URLSearchParams(values).toString()}`,
  };
  await renderPage(req, res, 'console/droplets/comparison', locals, status);
}
