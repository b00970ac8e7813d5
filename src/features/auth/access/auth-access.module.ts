import { Global, Module } from '@nestjs/common';
import { AccessSource } from '../../../platform/access/grant.js';
import { OrganizationsModule } from '../../organizations/index.js';
import { ApiKeyRecognition } from '../api-keys/api-key-recognition.js';
import { ApiKeysRepository } from '../api-keys/api-keys.repository.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { AuthAccessSource } from './auth-access-source.js';

/** Global, because the guard of every route asks for `AccessSource`. */
@Global()
@Module({
  imports: [SigningKeysModule, OrganizationsModule],
  providers: [SessionsRepository, ApiKeysRepository, ApiKeyRecognition, { provide: AccessSource, useClass: AuthAccessSource }],
  exports: [AccessSource],
})
export class AuthAccessModule {}
