import { Global, Module } from '@nestjs/common';
import { Settings } from '../../platform/config/settings.js';
import { AuditEventsRepository } from './audit-events.repository.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditFeed } from './audit-feed.js';
import { AuditKeys } from './audit-keys.js';
import { AuditSealer } from './audit-sealer.js';
import { AuditSealerLoop } from './audit-sealer-loop.js';
import { AuditSealingRepository } from './audit-sealing.repository.js';
import { AuditTrail } from './audit-trail.js';
import { AuditVerificationRepository } from './audit-verification.repository.js';
import { AuditVerifier } from './audit-verifier.js';
import { AuditController } from './audit.controller.js';

/** Global, because every feature audits; who may import it is still said by the architecture test. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [
    { provide: AuditKeys, inject: [Settings], useFactory: (settings: Settings) => new AuditKeys(settings.secretKey.reveal()) },
    AuditTrail,
    AuditFeed,
    AuditVerifier,
    AuditVerificationRepository,
    AuditSealer,
    AuditSealerLoop,
    AuditSealingRepository,
    AuditEventsService,
    AuditEventsRepository,
  ],
  exports: [AuditFeed, AuditTrail, AuditVerifier],
})
export class AuditModule {}
