import type { Request, Response } from 'express';
import { auditKey, listAudit } from '#domain/audit/index.ts';
import { findTenant } from '#domain/tenants/index.ts';
import type { FieldError } from '#platform/errors.ts';
import { toPage } from '#platform/http/cursor.ts';
import type { Translate } from '#platform/http/i18n.ts';
import { readForm } from '#platform/http/parse.ts';
import { renderPage } from '#platform/http/render.ts';
import type { ConsoleContext } from '#console/context.ts';
import { auditQuery, startOf, type AuditQuery } from './forms.ts';
import { toLine } from './presenter.ts';

const PAGE_SIZE = 50;

export async function listRecords(ctx: ConsoleContext, req: Request, res: Response): Promise<void> {
  const t = res.locals.t as Translate;
  const form = readForm(auditQuery(t), req.query);
  const found = form.ok ? await search(ctx, form.value, t) : { errors: form.errors };
  const values = form.ok ? form.value : form.values;
  const locals = {
    title: t('frame:audit'),
    values,
    errors: {},
    lines: [],
    next: undefined,
    asOf: ctx.clock.now(),
    ...found,
  };
  await renderPage(req, res, 'console/audit/index', locals, 'errors' in found ? 422 : 200);
}

type Found = { lines: ReturnType<typeof toLine>[]; next: string | undefined };

async function search(
  ctx: ConsoleContext,
  { who, action, tenant, from, to, cursor }: AuditQuery,
  t: Translate,
): Promise<Found | { errors: Record<string, FieldError> }> {
  const store = tenant === '' ? undefined : await findTenant(ctx, tenant);
  if (tenant !== '' && !store)
    return { errors: { tenant: { path: 'tenant', code: 'tenant_not_found', message: t('audit:unknown_tenant') } } };
  const rows = await listAudit(ctx, {
    who,
    action,
    tenantId: store?.id,
    from: startOf(from),
    to: startOf(to, { plusDays: 1 }),
    limit: PAGE_SIZE,
    after: ctx.cursors.decode(cursor),
  });
  const page = toPage(rows, PAGE_SIZE, ctx.cursors, auditKey);
  const filters = { who, action, tenant, from: from ?? '', to: to ?? '' };
  const next = page.next_cursor === null ? undefined : addressOf({ ...filters, cursor: page.next_cursor });
  return { lines: page.items.map((record) => toLine(record, t)), next };
}

function addressOf(query: Record<string, string>): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  return `/audit?${new URLSearchParams(given).toString()}`;
}
