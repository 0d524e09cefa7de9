import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  addDomain,
  allowedActions,
  checkDomain,
  getDomain,
  getTenant,
  listDomains,
  removeDomain,
  tenantFields,
} from '#domain/tenants/index.ts';
import { redirectAfterPost, renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { setFlash } from '#console/middleware/flash.ts';
import { EMPTY_FORM, submitForm, type FormState } from '#console/tenants/submission.ts';
import { storePage } from '#console/tenants/store-page.ts';
import { viewerOf } from '#console/tenants/viewer.ts';
import { toDomainView } from './presenter.ts';

const domainForm = z.object({ host: tenantFields.host });

export async function showDomains(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await draw(ctx, req, res, EMPTY_FORM, 200);
}

export async function noteDomain(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { id, slug } = await getTenant(ctx, slugOf(req));
  await submitForm(req, res, {
    schema: domainForm,
    async run({ host }) {
      const domain = await addDomain(ctx, id, { host, baseDomain: ctx.baseDomain });
      return { done: t('domains:added', { host: domain.host }), to: `/tenants/${slug}/domains` };
    },
    draw: (form, status) => draw(ctx, req, res, form, status),
  });
}

export async function lookForProof(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { slug } = await getTenant(ctx, slugOf(req));
  const { domain } = await checkDomain(ctx, ctx.lookup, slug, { host: hostOf(req) });
  const isProven = domain.status === 'verified';
  const text = t(isProven ? 'domains:found' : 'domains:not_found', { host: domain.host });
  await setFlash(req, { tone: isProven ? 'success' : 'warning', text });
  redirectAfterPost(req, res, `/tenants/${slug}/domains`);
}

export async function confirmRemoval(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await drawRemoval(ctx, req, res, EMPTY_FORM, 200);
}

export async function remove(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { t } = viewerOf(ctx, res);
  const { slug } = await getTenant(ctx, slugOf(req));
  const host = hostOf(req);
  await submitForm(req, res, {
    schema: z.object({}),
    confirm: host,
    async run() {
      await removeDomain(ctx, slug, { host });
      return { done: t('domains:removed', { host }), to: `/tenants/${slug}/domains` };
    },
    draw: (form, status) => drawRemoval(ctx, req, res, form, status),
  });
}

async function draw(ctx: ConsoleContext, req: Request, res: Response, { values, errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res, 'domains');
  const { t, may } = viewerOf(ctx, res);
  const domains = await listDomains(ctx, page.tenant.id);
  await renderPage(
    req,
    res,
    'console/tenants/domains/index',
    {
      ...page,
      domains: domains.map((domain) => toDomainView(domain, t)),
      values: { host: '', ...values },
      errors,
      mayChange: allowedActions(page.tenant.status).includes('manage_domains') && may('operator'),
    },
    status,
  );
}

async function drawRemoval(ctx: ConsoleContext, req: Request, res: Response, { errors }: FormState, status: number) {
  const page = await storePage(ctx, req, res, 'domains');
  const { host, status: proof } = await getDomain(ctx, page.tenant.id, hostOf(req));
  const locals = { ...page, host, isServed: proof === 'verified', errors };
  await renderPage(req, res, 'console/tenants/domains/removal', locals, status);
}

const slugOf = (req: Request) => String(req.params.slug);
const hostOf = (req: Request) => String(req.params.host);
