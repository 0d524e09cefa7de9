import type { Request, Response } from 'express';
import { countActiveUsers } from '#domain/construction/users/index.ts';
import { getTenant, resumeTenant, suspendTenant, type Tenant } from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { readStoreForm, suspensionForm } from '#console/tenants/forms.ts';

export async function confirmSuspension(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawForm(ctx, req, res, { tenant: await getTenant(ctx, String(req.params.slug)), values: {}, errors: {} });
}

export async function suspend(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const tenant = await getTenant(ctx, String(req.params.slug));
  const values = req.body as Record<string, unknown>;
  const form = readStoreForm(suspensionForm, values, t);
  const confirmed = form.ok ? form.value.confirmation === tenant.slug : values.confirmation === tenant.slug;
  const errors = {
    ...(!form.ok && form.errors),
    ...(!confirmed && { confirmation: { message: t('tenants:wrong_confirmation') } }),
  };
  if (!form.ok || !confirmed) return drawForm(ctx, req, res, { tenant, values, errors }, 422);
  await suspendTenant(ctx, tenant.id, { reason: form.value.reason });
  await setFlash(req, { tone: 'success', text: t('tenants:suspended_flash', { slug: tenant.slug }) });
  redirectAfterPost(req, res, `/tenants/${tenant.slug}`);
}

export async function resume(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { tenant } = await resumeTenant(ctx, String(req.params.slug));
  await setFlash(req, { tone: 'success', text: t('tenants:resumed_flash', { slug: tenant.slug }) });
  redirectAfterPost(req, res, `/tenants/${tenant.slug}`);
}

type Form = { tenant: Tenant; values: Record<string, unknown>; errors: Record<string, unknown> };

async function drawForm(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { tenant, values, errors }: Form,
  status = 200,
): Promise<void> {
  const title = (res.locals.t as Translate)('tenants:suspend_title', { slug: tenant.slug });
  const people = await countActiveUsers(ctx, tenant.id);
  const locals = { title, slug: tenant.slug, url: ctx.storeUrl(tenant.slug), people, values, errors };
  await renderPage(req, res, 'console/tenants/suspension', locals, status);
}
