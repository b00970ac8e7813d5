import { randomBytes } from 'node:crypto';
import { newId } from '../../src/shared/ids.js';
import { addMember } from '../harness/actors.js';
import { readTables } from '../database/catalogue.js';
import { insertRow, rowOf } from '../database/foreign-rows.js';
import { callAs, made, type Reference, type Resource, type World } from './tenancy-walk.js';

const mark = (): string => randomBytes(5).toString('hex');

/** The one of a list that has the id; lists are where things without a GET of their own are seen. */
function inList(json: unknown, { id }: Readonly<Record<string, string>>): unknown {
  const { items } = json as { items: { id: string }[] };
  const found = items.find((item) => item.id === id);
  if (!found) throw new Error(`${id} is not in the list`);
  return found;
}

/** The parts of an answer that only a change would change; using a thing leaves a time in it. */
function without(json: unknown, ...names: string[]): unknown {
  return Object.fromEntries(Object.entries(json as object).filter(([name]) => !names.includes(name)));
}

/** A row written down by the owner of the database, for what a request makes only after more work than this test is about. */
async function written({ app }: World, name: string, organizationId: string, facts: Readonly<Record<string, unknown>>): Promise<string> {
  const table = (await readTables(app.database.owner)).find((one) => one.name === name);
  if (!table) throw new Error(`there is no table ${name}`);
  const id = newId();
  await insertRow(app.database.owner, table, rowOf(table, 'organization_id', organizationId, { [name]: () => ({ id, ...facts }) }));
  return id;
}

/** A failed job of an actor, as the queue would write it down. */
function failedJob(world: World, { organizationId, userId }: World['owner']): Promise<string> {
  const maker = { created_by_type: 'user', created_by_id: userId, created_by_user_id: userId };
  return written(world, 'jobs', organizationId, {
    ...maker,
    queue: 'default',
    state: 'FAILURE',
    visible: true,
    finished_at: '2026-01-31T12:00:00Z',
  });
}

const lead = (world: World, actor: World['owner'], more: object = {}) =>
  made(world, actor, '/api/v1/leads', { name: `Lead ${mark()}`, ...more });
const pipeline = (world: World, actor: World['owner']) => made(world, actor, '/api/v1/pipelines', { name: `Board ${mark()}` });
// All or nothing, so that a refused operation is a refused request.
const bulk = (operation: object) => ({ path: '/api/v1/leads/bulk', body: { operations: [operation], atomic: true } });
const role = (world: World, actor: World['owner']) =>
  made(world, actor, '/api/v1/roles', { name: `Role ${mark()}`, permissions: ['leads:read'] });
const member = async ({ app }: World, actor: World['owner']) => (await addMember(app, actor, 'member')).userId;

// Of a kind that does not happen here, so that nothing is ever sent.
const webhook = (world: World, actor: World['owner']) =>
  made(world, actor, '/api/v1/webhooks', { url: `https://hooks.example.com/${mark()}`, events: ['file.renamed'] });

const company = (world: World, actor: World['owner']) => made(world, actor, '/api/v1/companies', { name: `Company ${mark()}` });
const contact = (world: World, actor: World['owner']) => made(world, actor, '/api/v1/contacts', { name: `Contact ${mark()}` });
const task = async (world: World, actor: World['owner']) =>
  made(world, actor, `/api/v1/leads/${await lead(world, actor)}/tasks`, { title: `Task ${mark()}` });

/** A CSV file, uploaded and ready. */
async function csvFile(world: World, actor: World['owner']): Promise<string> {
  const head = '--cut\r\ncontent-disposition: form-data; name="file"; filename="leads.csv"\r\ncontent-type: text/csv\r\n\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=cut' };
  const answer = await callAs(world, actor, { method: 'POST', url: '/api/v1/files', body: `${head}name\nAda\n\r\n--cut--\r\n`, headers });
  if (answer.status !== 201) throw new Error(`the upload answered ${answer.status}: ${answer.text}`);
  return (answer.json as { id: string }).id;
}

const LATER = '2100-01-01T00:00:00Z';
const conversation = (world: World, actor: World['owner']) => made(world, actor, '/api/v1/conversations', { title: `Talk ${mark()}` });

const upload = { name: 'offer.txt', sizeBytes: 5, mediaType: 'text/plain' };

/** How to make what stands at each path with a parameter. A route that is not here makes the test fail. */
export const RESOURCES: Readonly<Record<string, Resource>> = {
  '/api/v1/activities/{id}': {
    make: async (world, actor) => ({
      id: await made(world, actor, `/api/v1/leads/${await lead(world, actor)}/activities`, { kind: 'call', subject: 'First call' }),
    }),
  },
  '/api/v1/api-keys/{id}': {
    make: async (world, actor) => ({ id: await made(world, actor, '/api/v1/api-keys', { name: `Key ${mark()}`, scopes: ['leads:read'] }) }),
    look: { path: '/api/v1/api-keys', facts: inList },
  },
  '/api/v1/attachments/{id}': {
    make: async (world, actor) => ({
      id: await made(world, actor, `/api/v1/leads/${await lead(world, actor)}/attachments`, { fileId: await csvFile(world, actor) }),
    }),
  },
  '/api/v1/audit/events/{number}': {
    make: async (world, actor) => {
      await role(world, actor);
      const { json } = await callAs(world, actor, { method: 'GET', url: '/api/v1/audit/events?action=role.created' });
      const { items } = json as { items: { id: string }[] };
      return { number: items[0]?.id ?? 'none' };
    },
    // The sealer adds its part some time later.
    look: { facts: (json) => without(json, 'seq', 'hash', 'prevHash') },
  },
  '/api/v1/auth/sessions/{id}': {
    make: (_, actor) => Promise.resolve({ id: actor.sessionId }),
    look: { path: '/api/v1/auth/sessions', facts: (json, ids) => without(inList(json, ids), 'lastUsedAt') },
  },
  '/api/v1/assistant/changes/{id}': {
    make: async (world, actor) => ({
      id: await written(world, 'assistant_changes', actor.organizationId, { user_id: actor.userId, steps: '[]', undoable_until: LATER }),
    }),
  },
  '/api/v1/chat/plans/{id}': {
    make: async (world, actor) => {
      const facts = { user_id: actor.userId, conversation_id: await conversation(world, actor), lines: '[]', expires_at: LATER };
      const steps = JSON.stringify([{ op: 'delete', leadId: await lead(world, actor), version: 1 }]);
      return {
        id: await written(world, 'assistant_plans', actor.organizationId, { ...facts, steps, state: 'pending', created_at: '2026-01-31' }),
      };
    },
  },
  '/api/v1/chat/tasks/{id}': {
    make: async (world, actor) => {
      const facts = { user_id: actor.userId, conversation_id: await conversation(world, actor) };
      return { id: await written(world, 'assistant_turns', actor.organizationId, facts) };
    },
  },
  '/api/v1/conversations/{id}': { make: async (world, actor) => ({ id: await conversation(world, actor) }) },
  '/api/v1/companies/{id}': { make: async (world, actor) => ({ id: await company(world, actor) }) },
  '/api/v1/contacts/{id}': { make: async (world, actor) => ({ id: await contact(world, actor) }) },
  '/api/v1/files/{id}': { make: async (world, actor) => ({ id: await made(world, actor, '/api/v1/files/uploads', upload) }) },
  '/api/v1/invitations/{id}': {
    make: async (world, actor) => ({
      id: await made(world, actor, '/api/v1/invitations', { email: `i${mark()}@example.com`, role: 'member' }),
    }),
    look: { path: '/api/v1/invitations', facts: inList },
  },
  '/api/v1/jobs/{id}': { make: async (world, actor) => ({ id: await failedJob(world, actor) }) },
  '/api/v1/lead-imports/{id}': {
    make: async (world, actor) => ({
      id: await written(world, 'lead_imports', actor.organizationId, {
        is_dry_run: false,
        state: 'finished',
        mapping: JSON.stringify({ columns: [{ from: ['Name'], to: 'name' }] }),
      }),
    }),
  },
  '/api/v1/lead-duplicate-clusters/{id}': {
    make: async (world, actor) => ({ id: await written(world, 'lead_duplicate_clusters', actor.organizationId, {}) }),
  },
  '/api/v1/lead-duplicate-scans/{id}': {
    make: async (world, actor) => ({
      id: await written(world, 'lead_duplicate_scans', actor.organizationId, { state: 'finished', phase: 'done', threshold: 0.5 }),
    }),
  },
  '/api/v1/lead-merges/{id}': {
    make: async (world, actor) => {
      const [stays, goes] = [await lead(world, actor), await lead(world, actor)];
      const headers = { 'if-match': '"v1"' };
      const body = { absorb: [goes] };
      const { json } = await callAs(world, actor, { method: 'POST', url: `/api/v1/leads/${stays}/merge`, body, headers });
      return { id: (json as { mergeId: string }).mergeId };
    },
  },
  '/api/v1/leads/{id}': { make: async (world, actor) => ({ id: await lead(world, actor) }) },
  '/api/v1/leads/{id}/contacts/{contactId}': {
    make: async (world, actor) => {
      const ids = { id: await lead(world, actor), contactId: await contact(world, actor) };
      const answer = await callAs(world, actor, { method: 'PUT', url: `/api/v1/leads/${ids.id}/contacts/${ids.contactId}`, body: {} });
      if (answer.status !== 200) throw new Error(`the link answered ${answer.status}: ${answer.text}`);
      return ids;
    },
    look: { path: '/api/v1/leads/{id}/contacts' },
  },
  '/api/v1/members/{id}': { make: async (world, actor) => ({ id: await member(world, actor) }) },
  '/api/v1/notes/{id}': {
    make: async (world, actor) => ({ id: await made(world, actor, `/api/v1/leads/${await lead(world, actor)}/notes`, { body: 'A note' }) }),
  },
  '/api/v1/organizations/{id}': {
    make: (_, actor) => Promise.resolve({ id: actor.organizationId }),
    look: { path: '/api/v1/organization' },
  },
  '/api/v1/pipelines/{id}': { make: async (world, actor) => ({ id: await pipeline(world, actor) }) },
  '/api/v1/pipelines/{id}/stages/{key}': {
    make: async (world, actor) => ({ id: await pipeline(world, actor), key: 'interest' }),
    look: { path: '/api/v1/pipelines/{id}' },
  },
  '/api/v1/roles/{id}': {
    make: async (world, actor) => ({ id: await role(world, actor) }),
    look: { path: '/api/v1/roles', facts: inList },
  },
  '/api/v1/tasks/{id}': { make: async (world, actor) => ({ id: await task(world, actor) }) },
  '/api/v1/webhooks/{id}': { make: async (world, actor) => ({ id: await webhook(world, actor) }) },
  '/api/v1/webhooks/{id}/deliveries/{deliveryId}': {
    make: async (world, actor) => {
      const id = await webhook(world, actor);
      const facts = { webhook_id: id, kind: 'event', event_type: 'lead.created', event_seq: 1, state: 'cancelled' };
      return {
        id,
        deliveryId: await written(world, 'webhook_deliveries', actor.organizationId, { ...facts, finished_at: '2026-01-31T12:00:00Z' }),
      };
    },
  },
};

/** Paths with parameters that belong to no organization, with the reason. */
export const NOT_OF_AN_ORGANIZATION: Readonly<Record<string, string>> = {
  '/api/v1/crm/custom-fields/{type}': 'the name of a kind of record, which every organization has',
  '/api/v1/leads/board/columns/{status}': 'a word that stands for a stage in every organization; the pipeline is named by a query',
  '/dev/mails/{id}': 'mails of a development machine, which everybody there may read',
};

/** Bodies for operations whose example shows more than can be sent at once. */
export const BODIES: Readonly<Record<string, object>> = {
  'POST /api/v1/leads/{id}/merge': { absorb: ['01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3e'] },
  'POST /api/v1/leads/{id}/merge/preview': { absorb: ['01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3e'] },
  'PUT /api/v1/leads/{id}/status': { status: 'interest', position: 0 },
};

/** What the parameters of queries that carry an id speak of. */
export const QUERY_IDS: Readonly<Record<string, Reference['make']>> = {
  companyId: company,
  conversationId: conversation,
  ownerId: member,
  pipelineId: pipeline,
  survivorId: lead,
  uploadedBy: member,
  actorId: member,
  userId: member,
};

/** Leads to be merged, and those that a rule takes a value from. */
function mergeReferences(route: string): Record<string, Reference> {
  const asked = (body: (id: string) => object): Reference => ({
    make: lead,
    request: async (world, actor, id) => ({ path: `/api/v1/leads/${await lead(world, actor)}/${route}`, body: body(id) }),
  });
  const fields = ['name', 'company', 'email', 'phone', 'value', 'notes', 'source', 'tags', 'attributes', 'ownerId'];
  return {
    [`POST /api/v1/leads/{id}/${route} absorb[]`]: asked((id) => ({ absorb: [id] })),
    ...Object.fromEntries(
      fields.map((field) => [
        `POST /api/v1/leads/{id}/${route} rules.${field}.from`,
        asked((id) => ({ absorb: [id], rules: { [field]: { from: id } } })),
      ]),
    ),
  };
}

/** How to use each field of a body that carries an id. A field that is not here makes the test fail. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  ...mergeReferences('merge'),
  ...mergeReferences('merge/preview'),
  'POST /api/v1/auth/switch organizationId': {
    make: (_, actor) => Promise.resolve(actor.organizationId),
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/auth/switch', body: { organizationId: id } }),
  },
  'POST /api/v1/chat conversationId': {
    make: conversation,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/chat', body: { message: 'help', conversationId: id } }),
  },
  'POST /api/v1/lead-imports fileId': {
    make: csvFile,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/lead-imports', body: { fileId: id, dryRun: true } }),
  },
  'POST /api/v1/lead-imports pipelineId': {
    make: pipeline,
    request: async (world, actor, id) => ({
      path: '/api/v1/lead-imports',
      body: { fileId: await csvFile(world, actor), pipelineId: id, dryRun: true },
    }),
  },
  'POST /api/v1/lead-imports/suggest-mapping fileId': {
    make: csvFile,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/lead-imports/suggest-mapping', body: { fileId: id } }),
  },
  'POST /api/v1/companies ownerId': {
    make: member,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/companies', body: { name: 'Ada & Co', ownerId: id } }),
  },
  'PATCH /api/v1/companies/{id} ownerId': {
    make: member,
    request: async (world, actor, id) => ({ path: `/api/v1/companies/${await company(world, actor)}`, body: { ownerId: id } }),
  },
  'POST /api/v1/contacts ownerId': {
    make: member,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/contacts', body: { name: 'Ada', ownerId: id } }),
  },
  'POST /api/v1/contacts companyId': {
    make: company,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/contacts', body: { name: 'Ada', companyId: id } }),
  },
  'PATCH /api/v1/contacts/{id} ownerId': {
    make: member,
    request: async (world, actor, id) => ({ path: `/api/v1/contacts/${await contact(world, actor)}`, body: { ownerId: id } }),
  },
  'PATCH /api/v1/contacts/{id} companyId': {
    make: company,
    request: async (world, actor, id) => ({ path: `/api/v1/contacts/${await contact(world, actor)}`, body: { companyId: id } }),
  },
  'PUT /api/v1/leads/{id}/company companyId': {
    make: company,
    request: async (world, actor, id) => ({ path: `/api/v1/leads/${await lead(world, actor)}/company`, body: { companyId: id } }),
  },
  'POST /api/v1/leads/{id}/attachments fileId': {
    make: csvFile,
    request: async (world, actor, id) => ({ path: `/api/v1/leads/${await lead(world, actor)}/attachments`, body: { fileId: id } }),
  },
  'POST /api/v1/leads/{id}/tasks assigneeId': {
    make: member,
    request: async (world, actor, id) => ({
      path: `/api/v1/leads/${await lead(world, actor)}/tasks`,
      body: { title: 'Call', assigneeId: id },
    }),
  },
  'PATCH /api/v1/tasks/{id} assigneeId': {
    make: member,
    request: async (world, actor, id) => ({ path: `/api/v1/tasks/${await task(world, actor)}`, body: { assigneeId: id } }),
  },
  'POST /api/v1/leads/bulk operations[].id': { make: lead, request: (_, __, id) => Promise.resolve(bulk({ op: 'delete', id })) },
  'POST /api/v1/leads/bulk operations[].changes.ownerId': {
    make: member,
    request: async (world, actor, id) => bulk({ op: 'update', id: await lead(world, actor), changes: { ownerId: id } }),
  },
  'POST /api/v1/leads/bulk operations[].to.before': {
    make: lead,
    request: async (world, actor, id) => bulk({ op: 'move', id: await lead(world, actor), to: { status: 'interest', before: id } }),
  },
  'POST /api/v1/leads/bulk operations[].to.after': {
    make: lead,
    request: async (world, actor, id) => bulk({ op: 'move', id: await lead(world, actor), to: { status: 'interest', after: id } }),
  },
  'POST /api/v1/leads ownerId': {
    make: member,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/leads', body: { name: 'Ada', ownerId: id } }),
  },
  'POST /api/v1/leads pipelineId': {
    make: pipeline,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/leads', body: { name: 'Ada', pipelineId: id } }),
  },
  'PATCH /api/v1/leads/{id} ownerId': {
    make: member,
    request: async (world, actor, id) => ({ path: `/api/v1/leads/${await lead(world, actor)}`, body: { ownerId: id } }),
  },
  'POST /api/v1/leads/{id}/pipeline pipelineId': {
    make: pipeline,
    request: async (world, actor, id) => ({ path: `/api/v1/leads/${await lead(world, actor)}/pipeline`, body: { pipelineId: id } }),
  },
  'PUT /api/v1/leads/{id}/status before': {
    make: lead,
    request: async (world, actor, id) => ({
      path: `/api/v1/leads/${await lead(world, actor)}/status`,
      body: { status: 'interest', before: id },
    }),
  },
  'PUT /api/v1/leads/{id}/status after': {
    make: lead,
    request: async (world, actor, id) => ({
      path: `/api/v1/leads/${await lead(world, actor)}/status`,
      body: { status: 'interest', after: id },
    }),
  },
  'POST /api/v1/organization/transfer userId': {
    make: member,
    request: (_, __, id) => Promise.resolve({ path: '/api/v1/organization/transfer', body: { userId: id } }),
  },
};

/** Fields with an id of something that belongs to no organization, or that names the caller's own thing only, with the reason. */
export const FREE_IDS: Readonly<Record<string, string>> = {
  'POST /api/v1/audit/verify checkpoint.organizationId': 'part of a signed statement of one organization; tested with the audit',
  'POST /api/v1/auth/login organizationId': 'chosen with the password, before there is an organization; tested with the login',
};
