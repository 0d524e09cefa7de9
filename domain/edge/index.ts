export { tenantDocumentSchema, type EdgeState, type TenantDocument } from './document.ts';
export { listEdgeFiles } from './listings.ts';
export { confirmTenant, openRevisions, revertRevisions, sendRevisions } from './service.ts';
export type { EdgeContext, EdgeFile, RevisionFile } from './types.ts';
