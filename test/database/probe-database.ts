import { DataSource } from 'typeorm';
import { Database } from '../../src/platform/database/database.js';
import { SESSION_OPTIONS, textTypes } from '../../src/platform/database/pg-types.js';
import { type Scope, systemScope } from '../../src/platform/database/scope.js';
import { cloneDatabase, type TestDatabase } from '../harness/test-database.js';

export interface ProbeDatabase {
  readonly test: TestDatabase;
  readonly database: Database;
  readonly troubles: string[];
  readonly reasons: string[];
  close(): Promise<void>;
}

/** A `Database` with a tenant table `probe`, without the rest of the application. */
export async function probeDatabase(lanes = 2): Promise<ProbeDatabase> {
  const test = await cloneDatabase();
  await test.owner.query(`
    create table probe (organization_id uuid not null, n int not null, primary key (organization_id, n));
    alter table probe enable row level security; alter table probe force row level security;
    create policy probe_tenant on probe using (organization_id = (select current_setting('app.organization_id')::uuid));
    create policy probe_system on probe to concord_system using (true);
    grant select, insert, update, delete on probe to concord_app, concord_system`);
  const extra = { max: 4, types: textTypes, options: SESSION_OPTIONS };
  const source = await new DataSource({ type: 'postgres', url: test.urls.app, installExtensions: false, extra }).initialize();
  const troubles: string[] = [];
  const reasons: string[] = [];
  const database = new Database(source, {
    appUrl: test.urls.app,
    systemUrl: test.urls.system,
    lanes,
    systemPoolMax: 2,
    statementTimeoutMs: 30_000,
    onTrouble: (_, where) => troubles.push(where),
    onSystemUse: (reason) => reasons.push(reason),
  });
  await database.open();
  return {
    test,
    database,
    troubles,
    reasons,
    close: async () => {
      await database.close();
      await source.destroy();
      await test.drop();
    },
  };
}

export const scopeFor = (organizationId: string): Scope => systemScope('test', organizationId);
