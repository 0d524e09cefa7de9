export { openAlert, resolveAlert, type AlertInput } from './service.ts';
export { listOpenAlerts, type Alert } from './listings.ts';
