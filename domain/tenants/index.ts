export { changeFaces, type FaceChange } from './faces.ts';
export { tenantFields } from './fields.ts';
export {
  countTenants,
  listPlanCodes,
  listTenants,
  PROOF_STATES,
  TENANT_SORTS,
  tenantKey,
} from './directory/listings.ts';
export type { TenantSelection, TenantSort, TenantSummary } from './directory/listings.ts';
export { mapLags, type TenantLag } from './lags/listings.ts';
export { countTenantsByStatus, listEdgeProofs } from './listings.ts';
export { findTenant, getBrandingAndSettings, getTenant, isSlugFree, mapPublicFaces } from './listings.ts';
export type { PublicFace } from './listings.ts';
export { listMapLines, type MapLines } from './names/listings.ts';
export { allowedActions } from './policy.ts';
export type { EdgeProof } from './proofs.ts';
export { createTenantRecords, deleteTenantRecords, failProvisioning, markFailed, markLive } from './provisioning.ts';
export { releaseSlug, reserveSlug } from './provisioning.ts';
export { createTenant, resumeTenant, suspendTenant, updateTenant } from './service.ts';
export type { CreatedTenant, CreateTenantInput, UpdateTenantInput } from './service.ts';
export { checkSlug, proposeSlug, RESERVED_SLUGS } from './slug.ts';
export { DEFAULT_BRANDING, TENANT_STATUSES } from './types.ts';
export type { Branding, BrandingChanges, Settings, SettingsChanges, Tenant, TenantStatus } from './types.ts';
