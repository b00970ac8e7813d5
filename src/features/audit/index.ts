export { auditCte, auditParameters, type AuditCte } from './audit-cte.js';
export { AuditTrail, type AuditEvent } from './audit-trail.js';
export { AuditVerifier, type AuditReport } from './audit-verifier.js';
export { AuditModule } from './audit.module.js';
