// The yardstick: plain Fastify and pg with hand-written SQL on the same tables, answering the same bytes. It verifies the JWT (remembering
// verified ones) and has neither tenancy by policy nor audit, rate limits, metrics, idempotency or validation beyond JSON schema.
import Fastify from 'fastify';
import { createPublicKey, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { foldText } from '../dist/src/shared/text.js';

const { keys } = await (await fetch(process.env.JWKS_URL)).json();
const publicKeys = new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, options: '-c TimeZone=UTC -c jit=off' });
const ask = async (name, values) => (await pool.query({ name, text: SQL[name], values })).rows;

const FIELDS = `id, pipeline_id as "pipelineId", status, name, company, email, phone, value_minor::text as minor, value_currency as currency, notes, source, tags, attributes,
  owner_id as "ownerId", version, created_at as "createdAt", updated_at as "updatedAt", deleted_at as "deletedAt"`;
const DEFAULT_PIPELINE = `(select id from pipelines where organization_id = $1 and is_default)`;
const SQL = {
  get: `select ${FIELDS} from leads where organization_id = $1 and id = $2 and deleted_at is null`,
  page: `select ${FIELDS} from leads where organization_id = $1 and status = $2 and pipeline_id = ${DEFAULT_PIPELINE} and deleted_at is null order by id desc limit $3`,
  pipeline: `select p.id, p.name, s.key, s.name as stage, s.kind, s.probability, s.wip_limit as "wipLimit" from pipelines p join pipeline_stages s on s.organization_id = p.organization_id and s.pipeline_id = p.id
    where p.organization_id = $1 and p.is_default and s.archived_at is null order by s.position`,
  sums: `select status, count(*)::int as count, value_currency as currency, sum(value_minor)::text as minor, count(value_minor)::int as valued from leads
    where organization_id = $1 and pipeline_id = $2 and deleted_at is null group by status, value_currency order by value_currency`,
  cards: `select id, name, company, email, phone, value_minor::text as minor, value_currency as currency, source, tags, owner_id as "ownerId", version, updated_at as "updatedAt", rank
    from leads where organization_id = $1 and pipeline_id = $2 and status = $3 and deleted_at is null order by rank, id limit $4`,
  create: `insert into leads (organization_id, id, pipeline_id, status, rank, name, company, email, phone, value_minor, value_currency, notes, source, name_key, email_key, phone_key, search_text)
    values ($1::uuid, $2, ${DEFAULT_PIPELINE}, $3::text, concord_rank_between((select max(rank) from leads where organization_id = $1 and status = $3::text and pipeline_id = ${DEFAULT_PIPELINE} and deleted_at is null), null, $4),
      $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning ${FIELDS}`,
  move: `with near as (select array_agg(rank order by rank, id) as r from (select rank, id from leads where organization_id = $1 and pipeline_id = ${DEFAULT_PIPELINE} and status = $3::text and deleted_at is null and id <> $2
      order by rank, id limit case when $4::int = 0 then 1 else 2 end offset greatest($4::int - 1, 0)) x),
    last as (select max(rank) as r from leads where organization_id = $1 and pipeline_id = ${DEFAULT_PIPELINE} and status = $3::text and deleted_at is null)
    update leads set status = $3::text, version = version + 1, updated_at = now(), rank = case when $4::int = 0 then concord_rank_between(null, near.r[1], $5)
      when near.r[1] is null then concord_rank_between(last.r, null, $5) else concord_rank_between(near.r[1], near.r[2], $5) end
    from near, last where leads.organization_id = $1 and leads.id = $2 and deleted_at is null returning ${FIELDS.replace(/(?<!as )\b(id|pipeline_id|status|name|company|email|phone|value_minor|value_currency|notes|source|tags|attributes|owner_id|version|created_at|updated_at|deleted_at)\b(?=,|::| as)/g, 'leads.$1')}`,
};

const text = { type: 'string' };
const optional = { type: 'string', nullable: true };
const instant = { type: 'string', format: 'date-time' };
const money = { type: 'object', nullable: true, properties: { amountMinor: text, currency: text } };
const lead = {
  type: 'object',
  properties: {
    id: text,
    pipelineId: text,
    status: text,
    name: text,
    company: optional,
    email: optional,
    phone: optional,
    value: money,
    notes: optional,
    source: optional,
    tags: { type: 'array', items: text },
    attributes: { type: 'object', additionalProperties: text },
    ownerId: optional,
    version: { type: 'integer' },
    createdAt: instant,
    updatedAt: instant,
    deletedAt: { ...instant, nullable: true },
  },
};
const card = {
  type: 'object',
  properties: {
    id: text,
    name: text,
    company: optional,
    email: optional,
    phone: optional,
    value: money,
    source: optional,
    tags: { type: 'array', items: text },
    ownerId: optional,
    version: { type: 'integer' },
    updatedAt: instant,
  },
};
const column = {
  type: 'object',
  properties: {
    status: text,
    name: text,
    kind: text,
    probability: { type: 'integer' },
    wipLimit: { type: 'integer', nullable: true },
    count: { type: 'integer' },
    sums: {
      type: 'array',
      items: { type: 'object', properties: { currency: text, amountMinor: text, weightedMinor: text, count: { type: 'integer' } } },
    },
    cards: { type: 'array', items: card },
    nextCursor: optional,
  },
};
const withValue = (row) => ((row.value = row.minor === null ? null : { amountMinor: row.minor, currency: row.currency }), row);
const cursor = (...values) => Buffer.from(JSON.stringify(values)).toString('base64url');

const app = Fastify({ logger: false });
const remembered = new Map();
app.decorateRequest('caller', null);
app.addHook('onRequest', async (request, reply) => {
  if (request.url === '/ready') return;
  const token = request.headers.authorization?.slice(7) ?? '';
  let claims = remembered.get(token);
  if (!claims || claims.exp * 1000 < Date.now()) {
    try {
      claims = jwt.verify(token, publicKeys.get(jwt.decode(token, { complete: true }).header.kid), { algorithms: ['ES256'] });
      remembered.set(token, claims);
    } catch {
      return reply.code(401).send({ error: 'unauthorized' });
    }
  }
  request.caller = claims;
});
app.get('/ready', async () => 'ok');
app.get(
  '/api/v1/leads/board',
  {
    schema: {
      response: {
        200: { type: 'object', properties: { pipelineId: text, pipelineName: text, columns: { type: 'array', items: column } } },
      },
    },
  },
  async (request) => {
    const stages = await ask('pipeline', [request.caller.org]);
    const pipeline = stages[0].id;
    const [sums, ...cards] = await Promise.all([
      ask('sums', [request.caller.org, pipeline]),
      ...stages.map((stage) => ask('cards', [request.caller.org, pipeline, stage.key, 51])),
    ]);
    const columns = stages.map((stage, index) => {
      const own = sums.filter((sum) => sum.status === stage.key);
      const shown = cards[index].slice(0, 50);
      const last = shown.at(-1);
      return {
        status: stage.key,
        name: stage.stage,
        kind: stage.kind,
        probability: stage.probability,
        wipLimit: stage.wipLimit,
        count: own.reduce((total, sum) => total + sum.count, 0),
        sums: own
          .filter((sum) => sum.currency !== null)
          .map((sum) => ({
            currency: sum.currency,
            amountMinor: sum.minor,
            weightedMinor: String((BigInt(sum.minor) * BigInt(stage.probability) + 50n) / 100n),
            count: sum.valued,
          })),
        cards: shown.map(withValue),
        nextCursor: cards[index].length > 50 ? cursor(last.rank, last.id) : null,
      };
    });
    return { pipelineId: pipeline, pipelineName: stages[0].name, columns };
  },
);
app.get('/api/v1/leads/:id', { schema: { response: { 200: lead } } }, async (request, reply) => {
  const [row] = await ask('get', [request.caller.org, request.params.id]);
  return row ? withValue(row) : reply.code(404).send({ error: 'not_found' });
});
app.get(
  '/api/v1/leads',
  { schema: { response: { 200: { type: 'object', properties: { items: { type: 'array', items: lead }, nextCursor: optional } } } } },
  async (request) => {
    const rows = await ask('page', [request.caller.org, request.query.status, Number(request.query.limit) + 1]);
    const items = rows.slice(0, Number(request.query.limit));
    return { items: items.map(withValue), nextCursor: rows.length > items.length ? cursor(items.at(-1).createdAt, items.at(-1).id) : null };
  },
);
const short = (maxLength) => ({ type: 'string', maxLength });
const newLead = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { ...short(200), minLength: 1 },
    company: short(200),
    email: { ...short(254), format: 'email' },
    phone: short(60),
    value: {
      type: 'object',
      required: ['amountMinor', 'currency'],
      properties: { amountMinor: { type: 'string', pattern: '^-?\\d{1,18}$' }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
    },
    notes: short(10000),
    status: short(80),
    source: short(100),
  },
};
const created = {
  ...lead,
  properties: { ...lead.properties, duplicates: { type: 'array', items: { type: 'object', properties: { id: text } } } },
};
app.post('/api/v1/leads', { schema: { body: newLead, response: { 201: created } } }, async (request, reply) => {
  const b = request.body;
  const id = randomUUID();
  const [row] = await ask('create', [
    request.caller.org,
    id,
    b.status,
    id.slice(0, 5),
    b.name,
    b.company ?? null,
    b.email ?? null,
    b.phone ?? null,
    b.value?.amountMinor ?? null,
    b.value?.currency ?? null,
    b.notes ?? null,
    b.source ?? null,
    foldText(b.name),
    b.email ?? null,
    b.phone?.slice(-9) ?? null,
    foldText(`${b.name} ${b.company ?? ''} ${b.email ?? ''}`),
  ]);
  reply.code(201);
  return { ...withValue(row), duplicates: [] };
});
const place = {
  type: 'object',
  additionalProperties: false,
  required: ['status'],
  properties: { status: short(80), position: { type: 'integer', minimum: 0 } },
};
app.put('/api/v1/leads/:id/status', { schema: { body: place, response: { 200: lead } } }, async (request, reply) => {
  const jitter = `${Math.random().toString(36).slice(2, 7).padEnd(4, 'x')}1`;
  const [row] = await ask('move', [request.caller.org, request.params.id, request.body.status, request.body.position ?? 1e6, jitter]);
  return row ? withValue(row) : reply.code(404).send({ error: 'not_found' });
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 2048 });
