export { recordAudit, recordAudits } from './record.ts';
export { auditKey, listAudit, type AuditRecord } from './listings.ts';
