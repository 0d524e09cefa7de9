import type { Request, Response } from 'express';
import { z } from 'zod';
import { JOB_KINDS } from '#domain/jobs/index.ts';
import {
  checkSlug,
  createTenant,
  DEFAULT_BRANDING,
  isSlugFree,
  proposeSlug,
  type CreateTenantInput,
} from '#domain/tenants/index.ts';
import { AppError } from '#platform/errors.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { errorsByField, parseInput } from '#platform/http/parse.ts';
import { redirectAfterPost, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { keepFirstPassword } from './first-password.ts';
import { filledIn, inWords, newStoreForm, readPreview, readStoreForm } from './forms.ts';
import { toPreview } from './presenter.ts';

const EMPTY = {
  name: '',
  slug: '',
  admin_name: '',
  admin_email: '',
  primary_color: DEFAULT_BRANDING.primaryColor,
  secondary_color: DEFAULT_BRANDING.secondaryColor,
  logo_url: '',
};

export async function newStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawForm(ctx, req, res, { values: filledIn(req.query), errors: {} });
}

export async function createStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const form = readStoreForm(newStoreForm, req.body, t);
  if (!form.ok) return drawForm(ctx, req, res, form, 422);
  try {
    const { tenant, adminPassword } = await createTenant(ctx, toInput(form.value));
    await keepFirstPassword(ctx, req, tenant.id, adminPassword);
    redirectAfterPost(req, res, `/tenants/${tenant.slug}`);
  } catch (error) {
    if (!(error instanceof AppError) || error.fields.length === 0) throw error;
    const errors = inWords(errorsByField(error.fields), t);
    await drawForm(ctx, req, res, { values: req.body as Record<string, unknown>, errors }, 422);
  }
}

const proposalQuery = z.object({
  name: z.string().catch(''),
  slug: z.string().catch(''),
  proposed: z.string().catch(''),
});

/** The address field, filled from the name for as long as nobody typed another one into it. */
export async function proposeAddress(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { name, slug, proposed } = parseInput(proposalQuery, req.query);
  const value = slug === proposed ? proposeSlug(name) : slug;
  const locals = { value, proposed: slug === proposed ? value : proposed, ...(await verdictOn(ctx, res, value)) };
  await renderPartial(res, 'console/tenants/_slug', locals);
}

/** What the slug law and the database say about an address while it is typed. */
export async function checkAddress(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { slug } = parseInput(proposalQuery, req.query);
  await renderPartial(res, 'console/tenants/_slug_verdict', await verdictOn(ctx, res, slug.trim()));
}

export async function previewBranding(_ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/tenants/_preview', { preview: toPreview(readPreview(req.query)) });
}

async function verdictOn(ctx: ConsoleContext, res: Response, slug: string) {
  const t = res.locals.t as Translate;
  if (slug === '') return { error: undefined, free: t('tenants:slug_empty', { url: ctx.storeUrl('loja') }) };
  const code = await slugProblem(ctx, slug);
  if (code === undefined) return { error: undefined, free: t('tenants:slug_free', { url: ctx.storeUrl(slug) }) };
  return { error: { message: t(`tenants:bad_slug_${code}`) }, free: undefined };
}

/** As createTenant decides it: that a store has a name is said before that the name is reserved. */
async function slugProblem(ctx: ConsoleContext, slug: string): Promise<string | undefined> {
  const checked = checkSlug(slug);
  if (!checked.ok && checked.code !== 'reserved') return checked.code;
  if (!(await isSlugFree(ctx, slug))) return 'slug_taken';
  return checked.ok ? undefined : checked.code;
}

function toInput(form: z.output<typeof newStoreForm>): CreateTenantInput {
  return {
    slug: form.slug,
    name: form.name,
    admin: { name: form.admin_name, email: form.admin_email },
    branding: { primaryColor: form.primary_color, secondaryColor: form.secondary_color, logoUrl: form.logo_url },
  };
}

type Form = { values: Record<string, unknown>; errors: Record<string, unknown> };

async function drawForm(ctx: ConsoleContext, req: Request, res: Response, form: Form, status = 200): Promise<void> {
  const values = { ...EMPTY, ...form.values };
  const locals = {
    title: (res.locals.t as Translate)('tenants:new'),
    values,
    errors: form.errors,
    verdict: await verdictOn(ctx, res, parseInput(proposalQuery, values).slug.trim()),
    preview: toPreview(readPreview(values)),
    steps: JOB_KINDS['tenant.provision'].steps,
  };
  await renderPage(req, res, 'console/tenants/new', locals, status);
}
