export { confirmBulkAction } from './confirm.ts';
export { bulkStoreKey, countRefusals, getBulkPlan, listBulkStores } from './listings.ts';
export { planBulkAction } from './plan.ts';
export { BULK_ACTIONS, type BulkAction, type BulkPlan, type BulkSelection, type BulkStore } from './types.ts';
