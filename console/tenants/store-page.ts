import type { Request, Response } from 'express';
import { getTenant, type Tenant } from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import type { ConsoleContext } from '#console/context.ts';
import { toStatus } from './presenter.ts';

const TABS = ['overview', 'domains', 'people', 'plan', 'usage', 'jobs', 'timeline'] as const;
type Tab = (typeof TABS)[number];

/** Of a store that is gone there is nothing else to see. */
const TABS_OF_DELETED: readonly Tab[] = ['overview', 'timeline'];

type StorePage = { tenant: Tenant; title: string; head: ReturnType<typeof toHead> };

/** The store of the address, and what the head of each of its pages shows. */
export async function storePage(ctx: ConsoleContext, req: Request, res: Response, active?: Tab): Promise<StorePage> {
  const tenant = await getTenant(ctx, String(req.params.slug));
  return { tenant, title: tenant.name, head: toHead(ctx, res, tenant, active) };
}

function toHead(ctx: ConsoleContext, res: Response, tenant: Tenant, active: Tab | undefined) {
  const status = toStatus(tenant, res.locals.t as Translate);
  const tabs = tenant.status === 'deleted' ? TABS_OF_DELETED : TABS;
  return {
    ...status,
    url: ctx.storeUrl(tenant.slug),
    active,
    tabs: tabs.map((tab) => ({ tab, href: tab === 'overview' ? status.href : `${status.href}/${tab}` })),
  };
}
