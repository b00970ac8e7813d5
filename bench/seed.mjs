// Fills a migrated database: organizations with one owner each, and leads spread evenly over the default stages, by SQL as the owner role.
import pg from 'pg';
import { hashPassword } from '../dist/src/platform/crypto/passwords.js';
import { rebalancedRanks } from '../dist/src/shared/rank.js';
import { newId } from '../dist/src/shared/ids.js';

export const PASSWORD = 'Bench-password-1';
export const STAGES = [
  ['interest', 'Interest', 'open'],
  ['meeting-booked', 'Meeting booked', 'open'],
  ['proposal-sent', 'Proposal sent', 'open'],
  ['closed-win', 'Closed win', 'won'],
  ['closed-lost', 'Closed lost', 'lost'],
];

/** Makes `organizations` organizations with `perOrganization` leads each; gives what the requests need to know. */
export async function seed(ownerUrl, organizations, perOrganization, first = 0) {
  const db = new pg.Client({ connectionString: ownerUrl });
  await db.connect();
  const passwordHash = await hashPassword(PASSWORD);
  const made = [];
  try {
    const ranks = rebalancedRanks(Math.ceil(perOrganization / STAGES.length));
    for (let index = first; index < first + organizations; index++)
      made.push(await seedOrganization(db, index, { passwordHash, ranks, count: perOrganization }));
    await db.query('vacuum analyze');
  } finally {
    await db.end();
  }
  return made;
}

async function seedOrganization(db, index, { passwordHash, ranks, count }) {
  const [organizationId, userId, pipelineId] = [newId(), newId(), newId()];
  const email = `owner${index}@bench.example.com`;
  await db.query(
    `insert into users (id, email, name, password_hash, email_verified_at, password_changed_at, created_at, updated_at) values ($1, $2, 'Bench Owner', $3, now(), now(), now(), now())`,
    [userId, email, passwordHash],
  );
  await db.query(
    `insert into organizations (id, name, country, base_currency, time_zone, created_by) values ($1, $2, 'PT', 'EUR', 'UTC', $3)`,
    [organizationId, `Bench ${index}`, userId],
  );
  await db.query(`insert into memberships (organization_id, user_id, role) values ($1, $2, 'owner')`, [organizationId, userId]);
  await db.query(`insert into pipelines (organization_id, id, name, is_default) values ($1, $2, 'Sales', true)`, [
    organizationId,
    pipelineId,
  ]);
  for (const [position, [key, name, kind]] of STAGES.entries())
    await db.query(
      `insert into pipeline_stages (organization_id, pipeline_id, key, name, kind, position) values ($1, $2, $3, $4, $5, $6)`,
      [organizationId, pipelineId, key, name, kind, position],
    );
  const ids = Array.from({ length: count }, () => newId());
  await db.query(LEADS, [organizationId, pipelineId, ids, STAGES.map(([key]) => key), ranks, index]);
  return { organizationId, userId, pipelineId, email, ids };
}

const LEADS = `
  insert into leads (organization_id, id, pipeline_id, status, rank, name, company, email, phone, value_minor, value_currency, notes, source, tags, owner_id, name_key, email_key, phone_key, search_text)
  select $1, id, $2, ($4::text[])[(n % 5) + 1], ($5::text[])[(n / 5) + 1],
    'Person ' || n || ' ' || md5(n::text || $6::text), 'Company ' || n % 500, 'p' || n || '@org' || $6::text || '.example.com', '+3519' || lpad(n::text, 8, '0'),
    (n * 7919) % 10000000, 'EUR', 'Called in; wants a visit next week and a written proposal.', 'website', '{}', null,
    lower('person ' || n || ' ' || md5(n::text || $6::text)), 'p' || n || '@org' || $6::text || '.example.com', lpad(n::text, 9, '9'),
    lower('person ' || n || ' ' || md5(n::text || $6::text) || ' company ' || n % 500 || ' p' || n || '@org' || $6::text || '.example.com')
  from (select id, (ordinality - 1)::int as n from unnest($3::uuid[]) with ordinality as t(id, ordinality)) rows`;
