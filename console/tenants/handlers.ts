import type { Request, Response } from 'express';
import { findLatestJob } from '#domain/jobs/index.ts';
import { satisfies } from '#domain/operators/index.ts';
import {
  getBrandingAndSettings,
  getTenant,
  listEdgeProofs,
  listTenants,
  TENANT_SORTS,
  TENANT_STATUSES,
  tenantKey,
} from '#domain/tenants/index.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { parseInput } from '#platform/http/parse.ts';
import { render, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { viewerOf } from '#console/jobs/handlers.ts';
import { streamJobs } from '#console/jobs/live.ts';
import { toJobView } from '#console/jobs/presenter.ts';
import { takeFirstPassword } from './first-password.ts';
import { storeQuery, type StoreQuery } from './forms.ts';
import { toPreview, toStoreLine, toStoreState } from './presenter.ts';

const PAGE_SIZE = 50;

export async function listStores(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const { cursor, ...values } = parseInput(storeQuery, req.query);
  const t = translate(res);
  await renderPage(req, res, 'console/tenants/index', {
    title: t('frame:tenants'),
    ...(await search(ctx, { cursor, ...values }, t)),
    values,
    statuses: TENANT_STATUSES,
    sorts: TENANT_SORTS,
    isFiltered: values.q !== '' || values.status !== '' || cursor !== undefined,
    mayCreate: ctx.role !== undefined && satisfies(ctx.role, 'operator'),
    asOf: ctx.clock.now(),
  });
}

async function search(ctx: ConsoleContext, { cursor, ...values }: StoreQuery, t: Translate) {
  const { q, status, sort } = values;
  const filter = { search: q, status: status || undefined, sort, limit: PAGE_SIZE };
  const rows = await listTenants(ctx, { ...filter, after: ctx.cursors.decode(cursor) });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, (row) => tenantKey(row, sort));
  return {
    lines: page.items.map((row) => toStoreLine(row, t)),
    next: page.next_cursor && `/tenants?${new URLSearchParams({ ...values, cursor: page.next_cursor }).toString()}`,
  };
}

export async function showStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const tenant = await getTenant(ctx, slugOf(req));
  const { branding } = await getBrandingAndSettings(ctx, tenant.id);
  const { primaryColor: primary, secondaryColor: secondary } = branding;
  res.set('Cache-Control', 'no-store');
  await renderPage(req, res, 'console/tenants/show', {
    title: tenant.name,
    tenant,
    preview: toPreview({ name: tenant.name, primary, secondary }),
    firstPassword: takeFirstPassword(ctx, req, tenant.id),
    ...(await stateOf(ctx, req, res)),
  });
}

/** The live piece of the page alone, for a browser whose stream is down. */
export async function showState(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  await renderPartial(res, 'console/tenants/_state', await stateOf(ctx, req, res));
}

export async function followStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  let { job } = await stateOf(ctx, req, res);
  streamJobs(ctx, req, res, {
    // While a job is known its notifications are ours; a new one may be anybody's, so it is looked for.
    concerns: (jobId) => !job?.isBusy || job.id === jobId,
    async draw() {
      const state = await stateOf(ctx, req, res);
      job = state.job;
      return render(res, 'console/tenants/_state', state);
    },
  });
}

async function stateOf(ctx: ConsoleContext, req: Request, res: Response) {
  const tenant = await getTenant(ctx, slugOf(req));
  const job = await findLatestJob(ctx, tenant.id);
  const viewer = viewerOf(ctx, res);
  return {
    store: toStoreState(tenant, await listEdgeProofs(ctx, tenant.id), viewer),
    url: ctx.storeUrl(tenant.slug),
    job: job && toJobView(job, viewer),
  };
}

const translate = (res: Response) => res.locals.t as Translate;
export const slugOf = (req: Request) => String(req.params.slug);
