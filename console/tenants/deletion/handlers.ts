import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  deleteTenant,
  getTenant,
  listNames,
  measureTenant,
  QUARANTINE_DAYS,
  refuseUnlessAllowed,
  tenantFields,
} from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';
import { toKept } from '#console/tenants/usage/presenter.ts';

const deletionForm = z.object({ reason: tenantFields.reason });

export async function confirmDeletion(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, EMPTY_FORM, 200);
}

export async function deleteStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { id, slug } = await getTenant(ctx, String(req.params.slug));
  await submitForm(req, res, {
    schema: deletionForm,
    confirm: slug,
    async run({ reason }) {
      await deleteTenant(ctx, id, { confirmation: slug, reason });
      return { done: t('tenants:deleted_flash', { slug }), to: `/tenants/${slug}` };
    },
    draw: (form, status) => draw(ctx, req, res, form, status),
  });
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, { values, errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res);
  const { tenant } = page;
  refuseUnlessAllowed(tenant, 'delete');
  const aliases = (await listNames(ctx, tenant.id)).map(({ slug }) => slug);
  await renderPage(
    req,
    res,
    'console/tenants/deletion/new',
    {
      ...page,
      values: { reason: '', ...values },
      errors,
      kept: toKept(await measureTenant(ctx, tenant.id)),
      names: [tenant.slug, ...aliases].join(', '),
      quarantineDays: QUARANTINE_DAYS,
      graceEndsAt: tenant.deleteAfter && tenant.deleteAfter > ctx.clock.now() ? tenant.deleteAfter : undefined,
    },
    status,
  );
}
