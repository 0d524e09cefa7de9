export { readDashboard } from './listings.ts';
export type { Dashboard, EngineFigure, RecentDocument, Tally } from './types.ts';
