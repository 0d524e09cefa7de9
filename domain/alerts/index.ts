export { openAlert, resolveAlert } from './service.ts';
export { listOpenAlerts, type Alert } from './listings.ts';
