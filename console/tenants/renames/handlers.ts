import type { Request, Response } from 'express';
import { z } from 'zod';
import { countSignedIn } from '#domain/construction/users/index.ts';
import {
  ALIAS_DAYS,
  getTenant,
  listDomains,
  QUARANTINE_DAYS,
  refuseUnlessAllowed,
  renameTenant,
  tenantFields,
} from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';

const renameForm = z.object({
  slug: tenantFields.slug,
  alias_days: z.coerce.number().pipe(tenantFields.aliasDays),
});

export async function newRename(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, EMPTY_FORM, 200);
}

export async function rename(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const tenant = await getTenant(ctx, String(req.params.slug));
  await submitForm(req, res, {
    schema: renameForm,
    confirm: tenant.slug,
    async run({ slug, alias_days: aliasDays }) {
      await renameTenant(ctx, tenant.id, { slug, aliasDays });
      return { done: t('tenants:renamed_flash', { from: tenant.slug, to: slug }), to: `/tenants/${tenant.slug}` };
    },
    draw: (form, status) => draw(ctx, req, res, form, status),
  });
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, { values, errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res);
  refuseUnlessAllowed(page.tenant, 'rename');
  const { id } = page.tenant;
  await renderPage(
    req,
    res,
    'console/tenants/renames/new',
    {
      ...page,
      values: { slug: '', alias_days: ALIAS_DAYS, ...values },
      errors,
      counts: { signedIn: await countSignedIn(ctx, id), domains: (await listDomains(ctx, id)).length },
      quarantineDays: QUARANTINE_DAYS,
    },
    status,
  );
}
