import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Clock } from '../../../platform/clock/clock.js';
import { Settings } from '../../../platform/config/settings.js';
import { deriveKey } from '../../../platform/crypto/derived-keys.js';
import { SealedBox } from '../../../platform/crypto/sealed-box.js';
import { planRotation, type RotationPlan, type RotationPolicy } from '../../../platform/crypto/signing-key-rotation.js';
import {
  newSigningKey,
  openSigningKey,
  type PublicSigningJwk,
  type StoredSigningKey,
  jwksOf,
} from '../../../platform/crypto/signing-keys.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import { systemScope } from '../../../platform/database/scope.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

/** Topic of the bus that tells every process that the set of signing keys changed. */
export const SIGNING_KEYS_TOPIC = 'signing-keys';

const ROTATE_EVERY_DAYS = 30;
// Clock skew between machines, and the time a process may live with the set it read.
const MARGIN_SECONDS = 300;
const RELOAD_MS = 60_000;
const UNKNOWN_KID_RELOAD_MS = 1_000;

interface Signer {
  readonly kid: string;
  readonly key: KeyObject;
}

/** The signing keys of this installation as this process knows them: read again every minute, at once when the bus says so. */
@Injectable()
export class KeyRing implements OnModuleInit {
  private readonly box: SealedBox;
  private readonly policy: RotationPolicy;
  private keys: readonly StoredSigningKey[] = [];
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private forgotten = 0;
  private signer: Signer | undefined;

  constructor(
    private readonly database: Database,
    private readonly repository: SigningKeysRepository,
    private readonly clock: Clock,
    private readonly bus: Bus,
    settings: Settings,
  ) {
    this.box = new SealedBox(deriveKey(settings.secretKey.reveal(), 'sealed-box'));
    this.policy = { rotateEveryDays: ROTATE_EVERY_DAYS, keepForSeconds: settings.jwtAccessTtlSeconds + MARGIN_SECONDS };
  }

  onModuleInit(): void {
    const forget = (): void => {
      this.readAt = Number.NEGATIVE_INFINITY;
      this.forgotten++;
    };
    this.bus.subscribe(SIGNING_KEYS_TOPIC, forget);
    this.bus.onReconnect(forget);
  }

  /** The key to sign with now; the first call of an installation makes it. */
  async current(): Promise<Signer> {
    await this.freshen(RELOAD_MS);
    let { signWith } = this.plan();
    if (signWith === undefined) {
      await this.rotate('none yet');
      ({ signWith } = this.plan());
    }
    const stored = this.keys.find((key) => key.kid === signWith);
    if (!stored) throw new Error('there is no signing key');
    if (this.signer?.kid !== stored.kid) this.signer = { kid: stored.kid, key: openSigningKey(this.box, stored) };
    return this.signer;
  }

  /** The public key of a `kid` as PEM; a name never seen makes it look again, at most once a second. */
  async publicKey(kid: string): Promise<string | undefined> {
    await this.freshen(RELOAD_MS);
    if (!this.keys.some((key) => key.kid === kid)) await this.freshen(UNKNOWN_KID_RELOAD_MS);
    const { publish } = this.plan();
    const stored = publish.includes(kid) ? this.keys.find((key) => key.kid === kid) : undefined;
    return (
      stored &&
      createPublicKey({ key: { ...stored.publicJwk }, format: 'jwk' })
        .export({ format: 'pem', type: 'spki' })
        .toString()
    );
  }

  /** What `/.well-known/jwks.json` answers. */
  async jwks(): Promise<{ keys: PublicSigningJwk[] }> {
    await this.current();
    const { publish } = this.plan();
    return jwksOf(this.keys.filter((key) => publish.includes(key.kid)));
  }

  /** Makes a key when one is due (or in any case when `reason` is "forced") and drops those nobody can still use. */
  async rotate(reason: 'due' | 'none yet' | 'forced'): Promise<{ created: string | undefined; retired: readonly string[] }> {
    const now = this.clock.now();
    const done = await this.database.write(systemScope('signing-key-rotation'), async (tx) => {
      await this.repository.takeTurn(tx);
      const plan = planRotation(await this.repository.all(tx), now, this.policy);
      const made = plan.create || reason === 'forced' ? newSigningKey(this.box, now) : undefined;
      if (made) await this.repository.insert(tx, made);
      if (plan.retire.length > 0) await this.repository.delete(tx, plan.retire);
      if (made || plan.retire.length > 0) await this.bus.publish(tx, SIGNING_KEYS_TOPIC, made?.kid ?? 'retired');
      return { created: made?.kid, retired: plan.retire };
    });
    await this.freshen(0);
    return done;
  }

  private plan(): RotationPlan {
    return planRotation(this.keys, this.clock.now(), this.policy);
  }

  private async freshen(maxAgeMs: number): Promise<void> {
    // Not the Clock: this is about how old a copy is, which a test that turns the clock must not decide.
    if (performance.now() - this.readAt <= maxAgeMs) return;
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    await this.reading;
  }

  private async read(): Promise<void> {
    const startedAt = performance.now();
    const { forgotten } = this;
    this.keys = await this.database.read(systemScope('signing-keys'), (tx) => this.repository.all(tx));
    // A change announced while this ran may not be in it: then the copy is used once and read again.
    if (forgotten === this.forgotten) this.readAt = startedAt;
  }
}
