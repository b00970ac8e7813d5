import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import type { CrmSettingsView, PutCrmSettings } from './crm-settings.shapes.js';

/** What an organization begins with. */
const DEFAULTS: CrmSettingsView = { onDuplicate: 'warn', version: 1 };

const FIND = `select s.on_duplicate as "onDuplicate", s.version from crm_settings s where s.organization_id = $1`;
// The first row is version 2: version 1 is what was true without one.
const PUT = `
  insert into crm_settings (organization_id, on_duplicate, version) values ($1, $2, $3 + 1)
  on conflict (organization_id) do update set on_duplicate = excluded.on_duplicate, version = excluded.version, updated_at = now()
    where crm_settings.version = $3
  returning on_duplicate as "onDuplicate", version`;

@Injectable()
export class CrmSettingsRepository {
  async get(tx: Tx): Promise<CrmSettingsView> {
    return (await tx.first<CrmSettingsView>(FIND, [tx.scope.organizationId])) ?? DEFAULTS;
  }

  /** Writes over a version; undefined when that version is gone. */
  put(tx: Tx, version: number, { onDuplicate }: PutCrmSettings): Promise<CrmSettingsView | undefined> {
    return tx.first<CrmSettingsView>(PUT, [tx.scope.organizationId, onDuplicate, version]);
  }
}
