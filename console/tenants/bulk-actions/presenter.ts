import type { BulkPlan, BulkStore } from '#domain/bulk-actions/index.ts';
import type { Difference } from '#domain/edge/index.ts';
import type { Translate } from '#platform/http/i18n.ts';
import type { Viewer } from '#console/tenants/viewer.ts';

/** What a plan comes to, and what there is to know before it is confirmed. */
export function toPlanView({ id, action, counts, createdAt, confirmedAt, jobId }: BulkPlan, { t }: Viewer) {
  return {
    title: t(`bulk:title_${action}`, { count: counts.stores }),
    href: `/tenants/bulk-actions/${id}`,
    action,
    counts,
    isDone: confirmedAt !== undefined,
    isEmpty: counts.stores === 0,
    confirmedAt,
    jobHref: jobId && `/jobs/${jobId}`,
    asOf: createdAt,
    consequences: consequencesOf({ action, counts }, t),
    submit: t(`bulk:submit_${action}`, { count: counts.stores }),
  };
}

function consequencesOf({ action, counts }: Pick<BulkPlan, 'action' | 'counts'>, t: Translate): string[] {
  const files = t('bulk:consequence_files', { count: counts.files });
  if (action === 'publish') return [files, t('bulk:consequence_no_reload')];
  const people = t(`bulk:consequence_people_${action}`, { count: counts.people });
  if (action === 'resume') return [t('bulk:consequence_opened'), people, files];
  return [t('bulk:consequence_closed'), people, files, t('bulk:consequence_kept'), t('bulk:consequence_undo')];
}

/** One store of the plan with the files that would change. */
export function toPlanLine({ tenantId, slug, files }: BulkStore, { t }: Viewer) {
  return {
    id: tenantId,
    slug,
    href: `/tenants/${tenantId}`,
    files: files.map(({ edge, differences, fault }) => ({
      edge,
      fault,
      isNew: differences.length > 0 && differences.every(({ before }) => before === undefined),
      isAgain: differences.length === 0,
      lines: differences.map((difference) => toDifferenceLine(difference, t)),
    })),
  };
}

function toDifferenceLine({ field, before, after }: Difference, t: Translate) {
  const words = (value: unknown) => (field === 'status' ? t(`tenants:status_${String(value)}`) : textOf(value));
  return { label: t(`bulk:field_${field}`, { defaultValue: field }), before: words(before), after: words(after) };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Why stores are left alone: each reason with how many it is, and some of them by name. */
export function toRefusals(
  counts: readonly { code: string; count: number }[],
  refused: readonly BulkStore[],
  { t }: Viewer,
) {
  return counts.map(({ code, count }) => {
    const stores = refused.filter((store) => store.refusal === code);
    const named = stores.slice(0, 10).map(({ slug, tenantId }) => ({ slug, href: `/tenants/${tenantId}` }));
    return { reason: t(`errors:${code}`), count, named, more: count - named.length };
  });
}
