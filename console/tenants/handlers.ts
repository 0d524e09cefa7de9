import type { Request, Response } from 'express';
import { findLatestJob } from '#domain/jobs/index.ts';
import { getBrandingAndSettings, getTenant, listEdgeProofs, listNames, mapLags } from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { render, renderPage, renderPartial } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { viewerOf } from '#console/jobs/handlers.ts';
import { streamJobs } from '#console/jobs/live.ts';
import { toJobView } from '#console/jobs/presenter.ts';
import { takeFirstPassword } from './first-password.ts';
import { toLag, toPreview, toStoreState } from './presenter.ts';
import { storePage } from './store-page.ts';

export async function showStore(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const page = await storePage(ctx, req, res, 'overview');
  const { tenant } = page;
  const { branding } = await getBrandingAndSettings(ctx, tenant.id);
  const { primaryColor: primary, secondaryColor: secondary } = branding;
  res.set('Cache-Control', 'no-store');
  await renderPage(req, res, 'console/tenants/show', {
    ...page,
    names: await listNames(ctx, tenant.id),
    lag: toLag(tenant.id, await mapLags(ctx, [tenant.id]), translate(res)),
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
