import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { SealedBox } from '../../../platform/crypto/sealed-box.js';

const SECRET_BYTES = 32;

/** A webhook as its secrets are bound to it: moved to another row they do not open. */
export interface SecretOwner {
  readonly organizationId: string;
  readonly webhookId: string;
}

/** The headers of the Standard Webhooks specification, and who sends. */
export interface SignedHeaders extends Readonly<Record<string, string>> {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** Makes the secrets of webhooks, keeps them sealed and signs with them. */
@Injectable()
export class WebhookSecrets {
  private readonly box: SealedBox;

  constructor(@Inject(Settings) settings: Settings) {
    this.box = new SealedBox(deriveKey(settings.secretKey.reveal(), 'sealed-box'));
  }

  /** A new secret in the form of the specification, `whsec_` and base64. */
  make(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  seal(secret: string, owner: SecretOwner): string {
    return this.box.seal(secret, contextOf(owner));
  }

  /** Signs with every secret that is valid now, the newest first, so that a receiver may still have the one before. */
  sign(sealed: readonly string[], owner: SecretOwner, message: { id: string; at: Date; body: string }): SignedHeaders {
    const signatures = sealed.map((text) => new Webhook(this.box.open(text, contextOf(owner))).sign(message.id, message.at, message.body));
    return {
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(message.at.getTime() / 1000)),
      'webhook-signature': signatures.join(' '),
    };
  }
}

function contextOf({ organizationId, webhookId }: SecretOwner): string {
  return `webhook:${organizationId}:${webhookId}`;
}
