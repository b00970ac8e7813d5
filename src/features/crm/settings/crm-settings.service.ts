import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../platform/clock/clock.js';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { CrmSettingsRepository } from './crm-settings.repository.js';
import type { CrmSettingsView, PutCrmSettings } from './crm-settings.shapes.js';

const TOPIC = 'crm-settings';
/** A message of the bus may be lost; then a process is wrong for this long at most. */
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/** How the CRM of an organization behaves, remembered in every process, so that making a lead asks nothing more. */
@Injectable()
export class CrmSettings implements OnModuleInit {
  private readonly known = new Map<string, { settings: CrmSettingsView; until: number }>();
  /** Counts what was forgotten: what was read before that is not remembered. */
  private forgotten = 0;

  constructor(
    private readonly db: Database,
    private readonly repository: CrmSettingsRepository,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly audit: AuditTrail,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(TOPIC, (organizationId) => this.forget(organizationId));
    this.bus.onReconnect(() => this.forget());
  }

  /** The settings as they are, or were a moment ago. */
  current(scope: Scope): Promise<CrmSettingsView> {
    return this.remembered(scope.organizationId, () => this.read(scope));
  }

  /** The same in a transaction that is open. */
  currentIn(tx: Tx): Promise<CrmSettingsView> {
    return this.remembered(tx.scope.organizationId, () => this.repository.get(tx));
  }

  /** The settings as they are in the database. */
  read(scope: Scope): Promise<CrmSettingsView> {
    return this.db.read(scope, (tx) => this.repository.get(tx));
  }

  put(scope: Scope, input: PutCrmSettings): Promise<CrmSettingsView> {
    return this.db.write(scope, async (tx) => {
      const before = await this.repository.get(tx);
      const after = await this.repository.put(tx, scope.ifMatch ?? before.version, input);
      if (!after || after.version !== before.version + 1) throw EditConflict({ extra: { current: before } });
      await this.audit.record(tx, { action: 'crm-settings.updated', resourceType: 'crm-settings', before, after });
      await this.bus.publish(tx, TOPIC, scope.organizationId);
      tx.afterCommit(() => this.forget(scope.organizationId));
      return after;
    });
  }

  private async remembered(organizationId: string, read: () => Promise<CrmSettingsView>): Promise<CrmSettingsView> {
    const now = this.clock.now().getTime();
    const found = this.known.get(organizationId);
    if (found && found.until > now) return found.settings;
    const before = this.forgotten;
    const settings = await read();
    if (this.forgotten === before) {
      if (this.known.size >= MOST_REMEMBERED) this.known.clear();
      this.known.set(organizationId, { settings, until: now + REMEMBERED_MS });
    }
    return settings;
  }

  private forget(organizationId?: string): void {
    this.forgotten++;
    if (organizationId === undefined) this.known.clear();
    else this.known.delete(organizationId);
  }
}
