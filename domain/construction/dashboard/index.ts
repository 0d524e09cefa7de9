export { readDashboard } from './listings.ts';
export type { Dashboard, DashboardOwners, EngineFigure, RecentDocument, Tally } from './types.ts';
