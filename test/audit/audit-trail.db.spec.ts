import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { auditCte, auditParameters, AuditTrail } from '../../src/features/audit/index.js';
import { systemScope } from '../../src/platform/database/scope.js';
import { newId, NIL_ID } from '../../src/shared/ids.js';
import { type AuditDatabase, openAuditDatabase, someScope } from './audit-database.js';

const trail = new AuditTrail();
let audit: AuditDatabase;

beforeAll(async () => {
  audit = await openAuditDatabase();
});
afterAll(() => audit.close());

async function eventsOf(organizationId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await audit.clone.owner.query<Record<string, unknown>>(
    'select * from audit_events where organization_id = $1 order by id',
    [organizationId],
  );
  return rows;
}

describe('AuditTrail', () => {
  it('records who did what, from where, with what was before and after', async () => {
    const scope = someScope();
    const lead = newId();
    await audit.db.write(scope, (tx) =>
      trail.record(tx, {
        action: 'lead.updated',
        resourceType: 'lead',
        resourceId: lead,
        before: { name: 'Ana' },
        after: { name: 'Anna' },
      }),
    );
    expect(await eventsOf(scope.organizationId)).toMatchObject([
      {
        actor_type: 'user',
        actor_id: scope.actor.id,
        user_id: scope.actor.userId,
        action: 'lead.updated',
        resource_type: 'lead',
        resource_id: lead,
        before: { name: 'Ana' },
        after: { name: 'Anna' },
        request_id: scope.requestId,
        address: '203.0.113.7',
        erased_at: null,
      },
    ]);
  });

  it('is there exactly when the change is', async () => {
    const scope = someScope();
    const failing = audit.db.write(scope, async (tx) => {
      await trail.record(tx, { action: 'lead.created', resourceType: 'lead' });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await eventsOf(scope.organizationId)).toEqual([]);
  });

  it('never stores secrets, nor fails on text PostgreSQL cannot hold', async () => {
    const scope = someScope();
    const after = { name: 'a\u0000b\uD800c', password: 'hunter2', nested: [{ refresh_token: 'abc' }], at: new Date(0), big: 1n };
    await audit.db.write(scope, (tx) => trail.recordMany(tx, [{ action: 'user.updated', resourceType: 'user', after }]));
    const [event] = await eventsOf(scope.organizationId);
    expect(event?.['after']).toEqual({
      name: 'a\uFFFDb\uFFFDc',
      password: '[redacted]',
      nested: [{ refresh_token: '[redacted]' }],
      at: '1970-01-01T00:00:00.000Z',
      big: '1',
    });
  });

  it('records many events, in order, also of other actors', async () => {
    const scope = someScope();
    const other = { type: 'api-key' as const, id: newId(), userId: scope.actor.userId };
    await audit.db.write(scope, (tx) =>
      trail.recordMany(tx, [
        { action: 'a.done', resourceType: 'a', resourceId: '1', after: { n: 1 } },
        { action: 'b.done', resourceType: 'b', before: null },
        { action: 'c.done', resourceType: 'c', actor: other },
      ]),
    );
    expect(
      (await eventsOf(scope.organizationId)).map((event) => [event['action'], event['actor_type'], event['before'], event['after']]),
    ).toEqual([
      ['a.done', 'user', null, { n: 1 }],
      ['b.done', 'user', null, null],
      ['c.done', 'api-key', null, null],
    ]);
  });

  it('records in the trail of another organization without leaving its own', async () => {
    const scope = someScope(NIL_ID);
    const made = newId();
    const visible = await audit.db.write(scope, async (tx) => {
      await trail.record(tx, { action: 'organization.created', resourceType: 'organization', resourceId: made, organizationId: made });
      await trail.record(tx, { action: 'session.started', resourceType: 'session', resourceId: made });
      return tx.query<{ action: string }>('select action from audit_events where resource_id = $1', [made]);
    });
    expect(visible).toEqual([{ action: 'session.started' }]);
    expect(await eventsOf(made)).toMatchObject([{ action: 'organization.created', actor_id: scope.actor.id }]);
  });

  it('goes into a single statement with its change', async () => {
    const scope = someScope();
    const sql = `with l as (select v as id, 'Ana' as name from unnest($1::text[]) v),
      a as (${auditCte({ from: 'l', first: 2, action: `'lead.created'`, resourceType: `'lead'`, resourceId: 'l.id', before: 'null::jsonb', after: 'to_jsonb(l)' })})
      select id from l`;
    const rows = await audit.db.writeOne(scope, (tx) => tx.query(sql, [['x', 'y'], ...auditParameters(scope)]));
    expect(rows).toEqual([{ id: 'x' }, { id: 'y' }]);
    expect(await eventsOf(scope.organizationId)).toMatchObject([
      {
        action: 'lead.created',
        resource_id: 'x',
        after: { id: 'x', name: 'Ana' },
        request_id: scope.requestId,
        user_id: scope.actor.userId,
      },
      { action: 'lead.created', resource_id: 'y', after: { id: 'y', name: 'Ana' } },
    ]);
  });
});

describe('audit tables', () => {
  const forbidden = [
    `update audit_events set action = 'x'`,
    `update audit_events set before = null, erased_at = now()`,
    `update audit_seals set first_seq = 1`,
    `delete from audit_events`,
    `truncate audit_events`,
    `insert into audit_chains values ('${NIL_ID}', 1, '', '')`,
    `update audit_chains set last_seq = 0`,
    `delete from audit_checkpoints`,
    `insert into audit_checkpoints values ('${NIL_ID}', 1, '', now(), '')`,
  ];

  it.each(forbidden)('refuse the serving role: %s', async (sql) => {
    const client = new pg.Client({ connectionString: audit.clone.urls.app });
    await client.connect();
    try {
      await client.query(`select set_config('app.organization_id', '${NIL_ID}', false)`);
      await expect(client.query(sql)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await client.end();
    }
  });

  it.each([`update audit_events set action = 'x'`, `delete from audit_events`, `truncate audit_events`, `delete from audit_checkpoints`])(
    'refuse the system role: %s',
    async (sql) => {
      await expect(audit.db.asSystem('test', systemScope('test'), (tx) => tx.query(sql))).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('refuse an event in the name of another organization', async () => {
    const scope = someScope();
    const foreign = [newId(), 'user', NIL_ID, NIL_ID, 'x', 'x'];
    const sql = `insert into audit_events (organization_id, actor_type, actor_id, user_id, action, resource_type) values ($1, $2, $3, $4, $5, $6)`;
    await expect(audit.db.writeOne(scope, (tx) => tx.query(sql, foreign))).rejects.toMatchObject({ code: '42501' });
  });
});

describe('erasure', () => {
  it('takes the details of one resource of one organization, and says so', async () => {
    const [scope, other] = [someScope(), someScope()];
    for (const one of [scope, other]) {
      await audit.db.write(one, (tx) =>
        trail.recordMany(tx, [
          { action: 'lead.created', resourceType: 'lead', resourceId: 'l-1', after: { phone: '+351 1' } },
          { action: 'lead.created', resourceType: 'lead', resourceId: 'l-2', after: { phone: '+351 2' } },
        ]),
      );
    }
    const system = systemScope('erasure', scope.organizationId);
    const erased = await audit.db.asSystem('test', system, (tx) =>
      trail.eraseDetails(tx, { type: 'lead', id: 'l-1', reason: 'asked by the person' }),
    );
    expect(erased).toBe(1);
    expect(await eventsOf(scope.organizationId)).toMatchObject([
      { resource_id: 'l-1', after: null, erased_at: expect.any(Date) },
      { resource_id: 'l-2', after: { phone: '+351 2' }, erased_at: null },
      { action: 'audit.details-erased', resource_id: 'l-1', after: { reason: 'asked by the person', events: 1 }, actor_type: 'system' },
    ]);
    expect((await eventsOf(other.organizationId)).every((event) => event['erased_at'] === null)).toBe(true);
  });

  it('is refused to the serving role', async () => {
    const scope = someScope();
    const erase = audit.db.write(scope, (tx) => trail.eraseDetails(tx, { type: 'lead', id: 'l-1', reason: 'x' }));
    await expect(erase).rejects.toMatchObject({ code: '42501' });
  });
});
