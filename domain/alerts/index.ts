export { openAlert, resolveAlert, resolveAlerts } from './service.ts';
export { listOpenAlerts, type Alert } from './listings.ts';
