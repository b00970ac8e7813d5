import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { CustomFieldsRepository, type SchemaRow } from './custom-fields.repository.js';
import { attributesCheck, type AttributesCheck, type RecordType } from './field-schema.js';

/** Topic of the bus that says whose schemas changed. */
export const CUSTOM_FIELDS_TOPIC = 'custom-fields';

interface Remembered {
  readonly checks: ReadonlyMap<RecordType, AttributesCheck>;
  readonly untilMs: number;
}

const TTL_MS = 60_000;
const MOST_REMEMBERED = 1_000;

/**
 * Judges custom fields by the schemas of their organization. Compiled schemas are remembered, so that most writes ask the database
 * nothing; the bus says at once when they change, and the minute bounds what a lost message can do.
 */
@Injectable()
export class CustomFields implements OnModuleInit, OnModuleDestroy {
  private readonly remembered = new Map<string, Remembered>();
  private unsubscribe: (() => void) | undefined;
  /** Grows with every change heard of: what was read before one must not be remembered after it. */
  private changes = 0;

  constructor(
    private readonly db: Database,
    private readonly schemas: CustomFieldsRepository,
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.bus.subscribe(CUSTOM_FIELDS_TOPIC, (organizationId) => this.forget(organizationId));
    this.bus.onReconnect(() => this.forgetAll());
  }

  onModuleDestroy(): void {
    this.unsubscribe?.();
  }

  /** Throws `validation-failed` with a pointer below `/attributes` for each fault. Records without any schema pass. */
  async check(scope: Scope, type: RecordType, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    judge((await this.checksOf(scope.organizationId, () => this.db.read(scope, (tx) => this.schemas.all(tx)))).get(type), attributes);
  }

  /** The same in a transaction that is open. */
  async checkIn(tx: Tx, type: RecordType, attributes: Readonly<Record<string, unknown>>): Promise<void> {
    judge((await this.checksOf(tx.scope.organizationId, () => this.schemas.all(tx))).get(type), attributes);
  }

  private async checksOf(organizationId: string, read: () => Promise<SchemaRow[]>): Promise<ReadonlyMap<RecordType, AttributesCheck>> {
    const nowMs = this.clock.now().getTime();
    const hit = this.remembered.get(organizationId);
    if (hit && hit.untilMs > nowMs) return hit.checks;
    const { changes } = this;
    const checks = new Map((await read()).map(({ recordType, schema }) => [recordType, attributesCheck(schema)] as const));
    if (changes === this.changes) {
      if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
      this.remembered.set(organizationId, { checks, untilMs: nowMs + TTL_MS });
    }
    return checks;
  }

  private forget(organizationId: string): void {
    this.changes++;
    this.remembered.delete(organizationId);
  }

  private forgetAll(): void {
    this.changes++;
    this.remembered.clear();
  }
}

function judge(check: AttributesCheck | undefined, attributes: Readonly<Record<string, unknown>>): void {
  const errors = check?.(attributes) ?? [];
  if (errors.length > 0) throw ValidationFailed({ detail: 'The custom fields do not fit their schema.', errors });
}
