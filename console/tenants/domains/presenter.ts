import { proofsOf, type Domain } from '#domain/tenants/index.ts';
import type { Translate } from '#platform/http/i18n.ts';

/** A host name of a store as its page shows it: its state, and what is still to be done for it. */
export function toDomainView(domain: Domain, t: Translate) {
  return {
    host: domain.host,
    ...lookOf(domain, t),
    verifiedAt: domain.verifiedAt,
    checkedAt: domain.checkedAt,
    checkError: domain.status === 'pending' ? domain.checkError : undefined,
    proofs: domain.status === 'pending' ? proofsOf(domain) : undefined,
  };
}

function lookOf({ status, verifiedBy, servedAt }: Domain, t: Translate) {
  if (status === 'pending') return { look: 'warn', label: t('domains:pending') };
  if (!servedAt) return { look: 'running', label: t('domains:proven') };
  return { look: 'ok', label: t('domains:served', { by: t(`domains:by_${verifiedBy}`) }) };
}
