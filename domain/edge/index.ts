export type { EdgeState } from './document.ts';
export { confirmTenant, openRevisions, revertRevisions, sendRevisions } from './service.ts';
export type { EdgeContext } from './types.ts';
