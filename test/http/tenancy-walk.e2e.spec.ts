import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openApiDocument } from '../../src/platform/http/openapi/document.js';
import { newId } from '../../src/shared/ids.js';
import { makeOrganization } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import {
  callAs,
  filled,
  gaps,
  gist,
  idsInBodies,
  idsInQueries,
  type Ids,
  lookAt,
  operationsOnResources,
  type Operation,
  walkFault,
  type World,
} from './tenancy-walk.js';
import { BODIES, FREE_IDS, NOT_OF_AN_ORGANIZATION, QUERY_IDS, REFERENCES, RESOURCES } from './tenant-resources.js';

let app: TestApp;
let world: World;
let operations: Operation[];

beforeAll(async () => {
  app = await startTestApp();
  const [owner, stranger] = [await makeOrganization(app), await makeOrganization(app)];
  world = { app, document: openApiDocument(app.nest), owner, stranger };
  operations = operationsOnResources(world.document, BODIES);
}, 60_000);

afterAll(() => app.close());

describe('the document', () => {
  it('has no path and no id in a body that the tables here do not know, nor the other way round', () => {
    const paths = operations.map(({ resource }) => resource);
    expect(gaps(paths, RESOURCES, NOT_OF_AN_ORGANIZATION)).toEqual({ unknown: [], stale: [] });
    expect(gaps(idsInBodies(world.document), REFERENCES, FREE_IDS)).toEqual({ unknown: [], stale: [] });
    expect(
      gaps(
        idsInQueries(world.document).map(({ parameter }) => parameter),
        QUERY_IDS,
      ),
    ).toEqual({ unknown: [], stale: [] });
  });

  it('would be caught with a new one', () => {
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/Link' } } };
    const document = {
      paths: { '/api/v1/things/{id}/parts': { post: { requestBody: { content }, responses: {} } } },
      components: { schemas: { Link: { properties: { to: { format: 'uuid' }, all: { items: { format: 'uuid' } } } } } },
    };
    expect(
      gaps(
        operationsOnResources(document).map(({ resource }) => resource),
        RESOURCES,
      ).unknown,
    ).toEqual(['/api/v1/things/{id}']);
    expect(gaps(idsInBodies(document), REFERENCES).unknown).toEqual([
      'POST /api/v1/things/{id}/parts to',
      'POST /api/v1/things/{id}/parts all[]',
    ]);
  });
});

describe('ids of another organization', () => {
  it('are not found by any operation, and nothing changes', async () => {
    const faults: string[] = [];
    for (const [path, resource] of Object.entries(RESOURCES)) {
      const own = operations.filter((operation) => operation.resource === path);
      if (own.length === 0) continue;
      const ids = await resource.make(world, world.owner);
      const before = await lookAt(world, path, resource, ids);
      for (const operation of own) faults.push(...[await walkFault(world, operation, ids)].filter((fault) => fault !== undefined));
      const after = await lookAt(world, path, resource, ids);
      if (JSON.stringify(after) !== JSON.stringify(before)) faults.push(`${path} changed: ${JSON.stringify({ before, after })}`);
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('would be found with a route that lets the stranger in', async () => {
    const ids: Ids = { id: 'me' };
    const leak: Operation = { name: 'leak', method: 'GET', path: '/api/v1/access/{id}', resource: '', body: undefined, query: '' };
    expect(await walkFault(world, leak, ids)).toContain('leak answered 200');
    expect(filled('/a/{id}', { id: 'x/y' })).toBe('/a/x%2Fy');
  });

  it.each(Object.entries(REFERENCES))('are as unknown as an invented one in a body: %s', async (name, reference) => {
    const [method] = name.split(' ') as [Operation['method']];
    // What is asked may change who they are, so each question has somebody new.
    const stranger = await makeOrganization(app);
    const send = async (id: string) => {
      const { path, body } = await reference.request(world, stranger, id);
      return callAs(world, stranger, { method, url: path, body, headers: { 'if-match': '"v1"' } });
    };
    const [foreignId, inventedId] = [await reference.make(world, world.owner), newId()];
    const [foreign, invented] = [await send(foreignId), await send(inventedId)];
    expect(gist(foreign, foreignId)).toMatch(/^4/);
    expect(gist(foreign, foreignId)).toBe(gist(invented, inventedId));
    const own = await send(await reference.make(world, stranger));
    expect(own.status < 300 ? '' : own.text).toBe('');
  });

  it('are as unknown as an invented one in a query', async () => {
    const faults: string[] = [];
    for (const { name, parameter, url } of idsInQueries(world.document)) {
      const id = await QUERY_IDS[parameter]?.(world, world.owner);
      if (id === undefined) continue;
      const invented = newId();
      const answers = [];
      for (const one of [id, invented]) answers.push(gist(await callAs(world, world.stranger, { method: 'GET', url: url(one) }), one));
      if (answers[0] !== answers[1]) faults.push(`${name}: ${answers.join(' but ')}`);
    }
    expect(faults).toEqual([]);
  });
});
