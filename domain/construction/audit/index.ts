export { recordStoreAudit, type StoreAuditEntry } from './record.ts';
