export { beginBulkChange, lockTenants, requestBulkJob } from './bulk.ts';
export { changeFaces, type FaceChange } from './faces.ts';
export { tenantFields } from './fields.ts';
export { auditExport } from './directory/export.ts';
export { countTenants, listPlanCodes, listTenantIds, listTenants, listTenantsById } from './directory/listings.ts';
export { mapIdsBySlug, PROOF_STATES, TENANT_SORTS, tenantKey } from './directory/listings.ts';
export type { TenantSelection, TenantSort, TenantSummary } from './directory/listings.ts';
export { mapLags, type WaitingEvents } from './lags/listings.ts';
export { countTenantsByStatus, listEdgeProofs } from './listings.ts';
export { findTenant, getBrandingAndSettings, getTenant, isSlugFree, mapPublicFaces, mapSettings } from './listings.ts';
export type { PublicFace } from './listings.ts';
export { getTenantAllowing } from './locked.ts';
export { allowedActions, refuseUnlessAllowed, TENANT_ACTIONS, type TenantAction } from './policy.ts';
export type { EdgeProof } from './proofs.ts';
export { createTenantRecords, deleteTenantRecords, failProvisioning, markFailed, markLive } from './provisioning.ts';
export { releaseSlug, reserveSlug } from './provisioning.ts';
export { createTenant, resumeTenant, suspendTenant, updateTenant } from './service.ts';
export type { CreatedTenant, CreateTenantInput, UpdateTenantInput } from './service.ts';
export { checkSlug, proposeSlug, RESERVED_SLUGS } from './slug.ts';
export { DEFAULT_BRANDING, TENANT_STATUSES } from './types.ts';
export type { Branding, BrandingChanges, Settings, SettingsChanges, Tenant, TenantStatus } from './types.ts';

export { expireNames, QUARANTINE_DAYS } from './names/expiry.ts';
export { listMapLines, listNames, mapNameHolders, type MapLines, type StoreName } from './names/listings.ts';
export { ALIAS_DAYS, renameTenant } from './names/rename.ts';
export { finishRename, giveUpRename, reserveNewName, switchName, switchNameBack } from './names/rename.ts';

export { changePlan } from './plans/service.ts';
export { getPlan, listPlans } from './plans/listings.ts';

export { checkHost } from './domains/host.ts';
export { getDomain, getDomainByHost, listDomains } from './domains/listings.ts';
export { proofsOf } from './domains/proof.ts';
export { addDomain, checkDomain, recordDomainServed, removeDomain } from './domains/service.ts';
export type { Domain } from './domains/types.ts';

export { archiveTenant, GRACE_DAYS, restoreTenant } from './leaving/archiving.ts';
export { ensureArchived, markRestored, undoArchiving, undoRestoration } from './leaving/archiving.ts';
export { deleteTenant } from './leaving/deletion.ts';
export { countUnsettledEvents, eraseTenant, isPastReturn, listRemains, markDeleted } from './leaving/deletion-steps.ts';
export { discardExport, exportTenant, verifyExport } from './leaving/export.ts';

export { getTenantLag, listDeadLetters, listEventDays, measureTenant } from './usage/listings.ts';
export type { TableUsage } from './usage/listings.ts';
