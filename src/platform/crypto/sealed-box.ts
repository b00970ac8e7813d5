import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const FORMAT = /^v1\.([0-9a-f]{16})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;
const TAG_BYTES = 16;

/** A sealed text that cannot be opened: another key, another context, or altered bytes. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** Seals small secrets at rest with AES-256-GCM; older keys still open, only the current one seals. */
export class SealedBox {
  private readonly keys = new Map<string, Buffer>();
  readonly keyId: string;

  constructor(
    private readonly current: Buffer,
    older: readonly Buffer[] = [],
  ) {
    for (const key of [current, ...older]) {
      if (key.length !== 32) throw new RangeError('A sealing key has 32 bytes.');
      this.keys.set(keyIdOf(key), key);
    }
    this.keyId = keyIdOf(current);
  }

  /** The context (say `signing-key:<kid>`) is bound in but not stored: a sealed text moved to another row does not open there. */
  seal(plain: string, context: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.current, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(this.keyId, context));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.keyId}.${nonce.toString('base64url')}.${sealed.toString('base64url')}`;
  }

  open(text: string, context: string): string {
    const [, keyId, nonce, body] = FORMAT.exec(text) ?? [];
    if (keyId === undefined || nonce === undefined || body === undefined) throw new SealBroken('This is not a sealed text.');
    const key = this.keys.get(keyId);
    if (!key) throw new SealBroken(`The key ${keyId} that sealed this text is not configured.`);
    const sealed = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(keyId, context));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new SealBroken('The sealed text was altered or belongs to something else.', { cause });
    }
  }

  /** True when an older key sealed this text; seal it again before that key is taken away. */
  needsResealing(text: string): boolean {
    return FORMAT.exec(text)?.[1] !== this.keyId;
  }
}

function keyIdOf(key: Buffer): string {
  return createHmac('sha256', key).update('concord/sealed-box/key-id').digest('hex').slice(0, 16);
}

function boundTo(keyId: string, context: string): Buffer {
  return Buffer.from(`concord/sealed-box/v1\n${keyId}\n${context}`, 'utf8');
}
