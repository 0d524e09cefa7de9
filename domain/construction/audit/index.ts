export { recordStoreAudit } from './record.ts';
