import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AccessTokens } from './access-tokens.js';
import { JwksController } from './jwks.controller.js';
import { KeyRing } from './key-ring.js';
import { KeyRotation, SigningKeys } from './key-rotation.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

@Module({
  imports: [JwtModule.register({})],
  controllers: [JwksController],
  providers: [SigningKeysRepository, KeyRing, KeyRotation, SigningKeys, AccessTokens],
  exports: [KeyRing, SigningKeys, AccessTokens],
})
export class SigningKeysModule {}
