import type { Request, Response } from 'express';
import { z } from 'zod';
import { countActiveUsers } from '#domain/construction/users/index.ts';
import { getTenant, resumeTenant, suspendTenant, tenantFields } from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';

const suspensionForm = z.object({ reason: tenantFields.reason });

export async function confirmSuspension(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, EMPTY_FORM, 200);
}

export async function suspend(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { id, slug } = await getTenant(ctx, String(req.params.slug));
  await submitForm(req, res, {
    schema: suspensionForm,
    confirm: slug,
    async run({ reason }) {
      await suspendTenant(ctx, id, { reason });
      return { done: t('tenants:suspended_flash', { slug }), to: `/tenants/${slug}` };
    },
    draw: (form, status) => draw(ctx, req, res, form, status),
  });
}

export async function resume(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { tenant } = await resumeTenant(ctx, String(req.params.slug));
  await setFlash(req, { tone: 'success', text: t('tenants:resumed_flash', { slug: tenant.slug }) });
  redirectAfterPost(req, res, `/tenants/${tenant.slug}`);
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, { values, errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res);
  const people = await countActiveUsers(ctx, page.tenant.id);
  const locals = { ...page, people, values: { reason: '', ...values }, errors };
  await renderPage(req, res, 'console/tenants/suspension', locals, status);
}
