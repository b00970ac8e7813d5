import { AuditKeys } from '../../src/features/audit/audit-keys.js';
import { AuditSealer } from '../../src/features/audit/audit-sealer.js';
import { AuditSealingRepository } from '../../src/features/audit/audit-sealing.repository.js';
import { AuditVerificationRepository } from '../../src/features/audit/audit-verification.repository.js';
import { AuditVerifier } from '../../src/features/audit/audit-verifier.js';
import { AuditTrail } from '../../src/features/audit/index.js';
import { ManualClock } from '../../src/platform/clock/clock.js';
import type { Scope } from '../../src/platform/database/scope.js';
import { testSecret } from '../harness/test-database.js';
import { type AuditDatabase, openAuditDatabase, someScope } from './audit-database.js';

/** The parts of the audit feature, put together without the application around them. */
export interface AuditParts extends AuditDatabase {
  readonly keys: AuditKeys;
  readonly clock: ManualClock;
  readonly trail: AuditTrail;
  readonly sealer: AuditSealer;
  readonly verifier: AuditVerifier;
  /** What the sealer complained of. */
  readonly complaints: unknown[];
  /** Another sealer, as in another process. */
  anotherSealer(): AuditSealer;
  /** Records `count` events in an organization of their own; not sealed yet. */
  someEvents(count: number, scope?: Scope): Promise<Scope>;
  /** As the owner of the database, whom nothing stops. */
  tamper(sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
}

export async function openAuditParts(): Promise<AuditParts> {
  const audit = await openAuditDatabase();
  const keys = new AuditKeys(testSecret());
  const clock = new ManualClock('2030-01-01T00:00:00.000Z');
  const trail = new AuditTrail();
  const complaints: unknown[] = [];
  const logger = { error: (facts: unknown) => complaints.push(facts) } as never;
  const anotherSealer = (): AuditSealer => new AuditSealer(audit.db, new AuditSealingRepository(), keys, clock, audit.bus, logger);
  return {
    ...audit,
    keys,
    clock,
    trail,
    complaints,
    anotherSealer,
    sealer: anotherSealer(),
    verifier: new AuditVerifier(audit.db, new AuditVerificationRepository(), keys),
    someEvents: async (count, scope = someScope()) => {
      const events = Array.from({ length: count }, (_, n) => ({
        action: 'lead.updated',
        resourceType: 'lead',
        resourceId: `l-${n}`,
        before: { name: `name ${n}`, tags: ['ü', '"'] },
        after: { name: `name ${n + 1}`, value: 1e21 },
      }));
      await audit.db.write(scope, (tx) => trail.recordMany(tx, events));
      return scope;
    },
    tamper: async (sql, parameters) => (await audit.clone.owner.query<Record<string, unknown>>(sql, parameters)).rows,
  };
}
