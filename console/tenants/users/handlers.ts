import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  countSignedIn,
  deactivateUser,
  getUser,
  inviteUser,
  listUsers,
  reactivateUser,
  resetPassword,
  USER_ROLES,
  type OneTimePassword,
} from '#domain/construction/users/index.ts';
import { allowedActions, getPlan, getTenantAllowing } from '#domain/tenants/index.ts';
import { AppError } from '#platform/errors.ts';
import { errorsByField } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { inWords, readStoreForm } from '#console/tenants/forms.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';
import { viewerOf } from '#console/tenants/viewer.ts';
import { invitationFields } from './schemas.ts';

const invitationForm = z.object(invitationFields);

export async function showPeople(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const page = await storePage(ctx, req, res, 'people');
  const people = await listUsers(ctx, page.tenant.id);
  const { maxUsers } = await getPlan(ctx, page.tenant.plan);
  const active = people.filter((person) => person.active).length;
  await renderPage(req, res, 'console/tenants/users/index', {
    ...page,
    people,
    counts: { active, maxUsers, signedIn: await countSignedIn(ctx, page.tenant.id) },
    hasRoom: active < maxUsers,
    mayChange: mayChange(ctx, res, page),
    asOf: ctx.clock.now(),
  });
}

export async function newPerson(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawInvitation(ctx, req, res, EMPTY_FORM, 200);
}

export async function invitePerson(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { id } = await getTenantAllowing(ctx, slugOf(req), 'manage_users');
  const form = readStoreForm(invitationForm, req.body, t);
  if (!form.ok) return drawInvitation(ctx, req, res, form, 422);
  try {
    await drawPassword(ctx, req, res, await inviteUser(ctx, id, form.value), 201);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    const errors = inWords(errorsByField(error.fields), t);
    await drawInvitation(ctx, req, res, { values: req.body as Record<string, unknown>, errors }, 422);
  }
}

export async function showPerson(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const page = await storePage(ctx, req, res, 'people');
  const person = await getUser(ctx, page.tenant.id, idOf(req));
  const locals = { ...page, person, mayChange: mayChange(ctx, res, page) };
  await renderPage(req, res, 'console/tenants/users/show', locals);
}

export async function reset(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { id } = await getTenantAllowing(ctx, slugOf(req), 'manage_users');
  await drawPassword(ctx, req, res, await resetPassword(ctx, id, idOf(req)), 200);
}

export async function confirmDeactivation(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawDeactivation(ctx, req, res, EMPTY_FORM, 200);
}

export async function deactivate(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const tenant = await getTenantAllowing(ctx, slugOf(req), 'manage_users');
  const { email } = await getUser(ctx, tenant.id, idOf(req));
  await submitForm(req, res, {
    schema: z.object({}),
    confirm: email,
    async run() {
      const { name } = await deactivateUser(ctx, tenant.id, idOf(req));
      return { done: t('people:deactivated', { name }), to: `/tenants/${tenant.slug}/people` };
    },
    draw: (form, status) => drawDeactivation(ctx, req, res, form, status),
  });
}

export async function reactivate(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { id, slug } = await getTenantAllowing(ctx, slugOf(req), 'manage_users');
  const { name } = await reactivateUser(ctx, id, idOf(req));
  await setFlash(req, { tone: 'success', text: t('people:reactivated', { name }) });
  redirectAfterPost(req, res, `/tenants/${slug}/people`);
}

async function drawInvitation(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { values, errors }: FormState,
  status: number,
): Promise<void> {
  const page = await storePage(ctx, req, res, 'people');
  const typed = { name: '', email: '', role: 'salesperson', ...values };
  await renderPage(
    req,
    res,
    'console/tenants/users/new',
    { ...page, roles: USER_ROLES, values: typed, errors },
    status,
  );
}

/** The password is drawn in the answer itself: stored nowhere, not even in the session, it cannot be shown twice. */
async function drawPassword(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { user, password }: OneTimePassword,
  status: number,
): Promise<void> {
  const page = await storePage(ctx, req, res, 'people');
  res.set('Cache-Control', 'no-store');
  await renderPage(req, res, 'console/tenants/users/password', { ...page, person: user, password }, status);
}

async function drawDeactivation(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { errors }: FormState,
  status: number,
): Promise<void> {
  const page = await storePage(ctx, req, res, 'people');
  const person = await getUser(ctx, page.tenant.id, idOf(req));
  await renderPage(req, res, 'console/tenants/users/deactivation', { ...page, person, errors }, status);
}

function mayChange(ctx: ConsoleContext, res: Response, { tenant }: Awaited<ReturnType<typeof storePage>>): boolean {
  return allowedActions(tenant.status).includes('manage_users') && viewerOf(ctx, res).may('operator');
}

const slugOf = (req: Request) => String(req.params.slug);
const idOf = (req: Request) => String(req.params.id);
