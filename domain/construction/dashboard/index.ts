export { readDashboard } from './listings.ts';
export type { Dashboard, DashboardOwners, RecentDocument, Tally } from './types.ts';
