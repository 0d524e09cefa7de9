import type { Request, Response } from 'express';
import { z } from 'zod';
import { countActiveUsers, countSignedIn } from '#domain/construction/users/index.ts';
import {
  archiveTenant,
  getTenant,
  GRACE_DAYS,
  listDomains,
  listNames,
  measureTenant,
  refuseUnlessAllowed,
  restoreTenant,
  tenantFields,
} from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';
import { toKept } from '#console/tenants/usage/presenter.ts';

const archiveForm = z.object({
  reason: tenantFields.reason,
  grace_days: z.coerce.number().pipe(tenantFields.graceDays),
});

export async function confirmArchive(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, EMPTY_FORM, 200);
}

export async function archive(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { id, slug } = await getTenant(ctx, String(req.params.slug));
  await submitForm(req, res, {
    schema: archiveForm,
    confirm: slug,
    async run({ reason, grace_days: graceDays }) {
      await archiveTenant(ctx, id, { reason, graceDays });
      return { done: t('tenants:archived_flash', { slug }), to: `/tenants/${slug}` };
    },
    draw: (form, status) => draw(ctx, req, res, form, status),
  });
}

export async function restore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const { tenant } = await restoreTenant(ctx, String(req.params.slug));
  await setFlash(req, { tone: 'success', text: t('tenants:restored_flash', { slug: tenant.slug }) });
  redirectAfterPost(req, res, `/tenants/${tenant.slug}`);
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, { values, errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res);
  refuseUnlessAllowed(page.tenant, 'archive');
  const { id } = page.tenant;
  await renderPage(
    req,
    res,
    'console/tenants/archive/new',
    {
      ...page,
      values: { reason: '', grace_days: GRACE_DAYS, ...values },
      errors,
      counts: {
        people: await countActiveUsers(ctx, id),
        signedIn: await countSignedIn(ctx, id),
        aliases: (await listNames(ctx, id)).filter(({ kind }) => kind === 'alias').length,
        domains: (await listDomains(ctx, id)).length,
        kept: toKept(await measureTenant(ctx, id)),
      },
    },
    status,
  );
}
