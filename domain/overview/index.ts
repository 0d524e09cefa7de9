export { judge, type Trouble, type Verdict } from './policy.ts';
export { readOverview } from './service.ts';
export type { EdgeState, JobCounts, OpsWorkerState, Overview, Reading, TenantCounts } from './types.ts';
