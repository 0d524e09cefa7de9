export { recordAudit, type AuditEntry } from './record.ts';
export { auditKey, listAudit, type AuditFilter, type AuditRecord } from './listings.ts';
