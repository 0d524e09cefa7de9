import type { Request, Response } from 'express';
import {
  changeRole,
  inviteOperator,
  listOperators,
  resetOperator,
  ROLES,
  satisfies,
  type Invitation,
} from '#domain/operators/index.ts';
import { Conflict, type FieldError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField, parseInput, readForm } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { invitationForm, roleForm } from './forms.ts';

export async function listPeople(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  await renderPage(req, res, 'console/operators/index', {
    title: t('frame:operators'),
    people: await listOperators(ctx),
    roles: ROLES,
    mayManage: ctx.role !== undefined && satisfies(ctx.role, 'admin'),
    ownId: ctx.operator?.id,
    asOf: ctx.clock.now(),
  });
}

export async function newOperator(_ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawInvitation(req, res, { values: { role: 'viewer' }, errors: {} }, 200);
}

export async function invite(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const form = readForm(invitationForm(res.locals.t as Translate), req.body);
  if (!form.ok) return drawInvitation(req, res, form, 422);
  try {
    await drawPassword(req, res, await inviteOperator(ctx, form.value), 201);
  } catch (error) {
    if (!(error instanceof Conflict) || error.fields.length === 0) throw error;
    const errors = errorsByField(translated(error.fields, res.locals.t as Translate));
    await drawInvitation(req, res, { values: form.value, errors }, 422);
  }
}

export async function setRole(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { role } = parseInput(roleForm, req.body);
  const operator = await changeRole(ctx, idOf(req), role);
  const text = t('operators:role_changed', { name: operator.name, role: t(`frame:role_${role}`) });
  await setFlash(req, { tone: 'success', text });
  redirectAfterPost(req, res, '/operators');
}

export async function reset(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawPassword(req, res, await resetOperator(ctx, idOf(req)), 200);
}

/** The password is drawn in the answer itself: stored nowhere, not even in the session, it cannot be shown twice. */
async function drawPassword(req: Request, res: Response, { operator, password }: Invitation, status: number) {
  const title = (res.locals.t as Translate)('operators:hand_over', { name: operator.name });
  res.set('Cache-Control', 'no-store');
  await renderPage(req, res, 'console/operators/password', { title, operator, password }, status);
}

export function idOf(req: Request): string {
  return String(req.params.id);
}

/** The domain speaks English; a code that we have words for is said in the reader's language. */
function translated(fields: readonly FieldError[], t: Translate): FieldError[] {
  return fields.map((field) => ({ ...field, message: t(`errors:${field.code}`, { defaultValue: field.message }) }));
}

type Form = { values: Record<string, unknown>; errors: object };

async function drawInvitation(req: Request, res: Response, form: Form, status: number): Promise<void> {
  const title = (res.locals.t as Translate)('operators:invite');
  await renderPage(req, res, 'console/operators/new', { title, roles: ROLES, ...form }, status);
}
