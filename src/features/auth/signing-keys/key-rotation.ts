import { Injectable } from '@nestjs/common';
import { Handles } from '../../../platform/messaging/handles.js';
import { schedule } from '../../../platform/messaging/definitions.js';
import { KeyRing } from './key-ring.js';

const RotateSigningKeys = schedule({ name: 'auth.rotate-signing-keys', every: 3_600 });

/** Looks every hour whether a key is due or over. */
@Injectable()
export class KeyRotation {
  constructor(private readonly ring: KeyRing) {}

  @Handles(RotateSigningKeys)
  rotate(): Promise<unknown> {
    return this.ring.rotate('due');
  }
}

/** Lets the command line change the signing key before it is due. */
@Injectable()
export class SigningKeys {
  constructor(private readonly ring: KeyRing) {}

  /** Makes a new key; it is published at once and signs an hour later. Gives the `kid` that signs now. */
  async rotate(): Promise<string> {
    await this.ring.rotate('forced');
    return (await this.ring.current()).kid;
  }
}
