import type { Request, Response } from 'express';
import type { z } from 'zod';
import {
  getBrandingAndSettings,
  updateTenant,
  type Branding,
  type Settings,
  type Tenant,
  type UpdateTenantInput,
} from '#domain/tenants/index.ts';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { readPreview, readStoreForm, storeForm } from './forms.ts';
import { slugOf } from './handlers.ts';
import { toPreview } from './presenter.ts';
import { storePage } from './store-page.ts';

export async function editStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawForm(ctx, req, res, { errors: {} });
}

export async function saveStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const form = readStoreForm(storeForm, req.body, t);
  if (!form.ok) return drawForm(ctx, req, res, { posted: form.values, errors: form.errors }, 422);
  try {
    const { tenant, jobId } = await updateTenant(ctx, slugOf(req), toChanges(form.value));
    await setFlash(req, { tone: 'success', text: t(jobId ? 'tenants:saved_publishing' : 'tenants:saved') });
    redirectAfterPost(req, res, `/tenants/${tenant.slug}`);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'version_conflict') throw error;
    const posted = req.body as Record<string, unknown>;
    await drawForm(ctx, req, res, { posted, errors: {}, isConflict: true }, 409);
  }
}

function toChanges(form: z.output<typeof storeForm>): { version: number; changes: UpdateTenantInput } {
  return {
    version: form.version,
    changes: {
      name: form.name,
      branding: { primaryColor: form.primary_color, secondaryColor: form.secondary_color, logoUrl: form.logo_url },
      settings: {
        quoteValidityDays: form.quote_validity_days,
        salesSeeAll: form.sales_see_all,
        salesCanApprove: form.sales_can_approve,
      },
    },
  };
}

type Form = { posted?: Record<string, unknown>; errors: Record<string, unknown>; isConflict?: boolean };

/** Draws what was typed over what is stored. */
async function drawForm(
  ctx: ConsoleContext,
  req: Request,
  res: Response,
  { posted, errors, isConflict = false }: Form,
  status = 200,
): Promise<void> {
  const { tenant, title, head } = await storePage(ctx, req, res);
  const stored = storedValues(tenant, await getBrandingAndSettings(ctx, tenant.id));
  const values = posted ? { ...stored, ...UNTICKED, ...posted } : stored;
  const locals = {
    title,
    head,
    // After a conflict the form carries the new version: saving again is then a decision.
    values: isConflict ? { ...values, version: tenant.version } : values,
    errors,
    isConflict,
    preview: toPreview(readPreview(values)),
  };
  await renderPage(req, res, 'console/tenants/edit', locals, status);
}

/** What a posted form says by leaving it out. */
const UNTICKED = { sales_see_all: undefined, sales_can_approve: undefined };

function storedValues(tenant: Tenant, { branding, settings }: { branding: Branding; settings: Settings }) {
  return {
    version: tenant.version,
    name: tenant.name,
    primary_color: branding.primaryColor,
    secondary_color: branding.secondaryColor,
    logo_url: branding.logoUrl ?? '',
    quote_validity_days: settings.quoteValidityDays,
    sales_see_all: settings.salesSeeAll,
    sales_can_approve: settings.salesCanApprove,
  };
}
