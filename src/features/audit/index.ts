export { auditHistory, type AuditHistoryQuestion, type AuditHistoryRow } from './audit-history.js';
export { AuditFeed, type SealedEvent } from './audit-feed.js';
export { AUDIT_SEALED_TOPIC } from './audit-sealer.js';
export { auditCte, auditParameters, type AuditCte } from './audit-cte.js';
export { AuditTrail, type AuditEvent } from './audit-trail.js';
export { AuditVerifier, type AuditReport } from './audit-verifier.js';
export { AuditModule } from './audit.module.js';
