import type { OpenAPIObject } from '@nestjs/swagger';
import type { TestActor } from '../harness/actors.js';
import type { Answer, TestApp } from '../harness/test-app.js';

export type Ids = Readonly<Record<string, string>>;

/** Two organizations that know nothing of each other; the stranger owns theirs and so may do everything there. */
export interface World {
  readonly app: TestApp;
  readonly document: OpenAPIObject;
  readonly owner: TestActor;
  readonly stranger: TestActor;
}

/** How to make what stands at a path with parameters. */
export interface Resource {
  /** Makes one for an actor and gives the parameters of its path. */
  make(world: World, actor: TestActor): Promise<Ids>;
  /** Where to look at it, when the path itself has no GET; and what of the answer stays the same as long as nobody changes it. */
  readonly look?: { readonly path?: string; facts?(json: unknown, ids: Ids): unknown };
}

/** A field of a request that carries an id: with one of the caller's own organization it works, with another's it is as if there were none. */
export interface Reference {
  readonly make: (world: World, actor: TestActor) => Promise<string>;
  readonly request: (world: World, actor: TestActor, id: string) => Promise<{ path: string; body: object }>;
}

export interface Operation {
  /** Such as `GET /api/v1/leads/{id}`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The path up to its last parameter. */
  readonly resource: string;
  readonly body: unknown;
  readonly query: string;
}

interface Media {
  readonly example?: unknown;
  readonly schema?: Schema;
}

interface Schema {
  readonly $ref?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema?: Schema & { readonly examples?: readonly unknown[] };
}

interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

function described(
  document: Pick<OpenAPIObject, 'paths'>,
): { name: string; method: Operation['method']; path: string; operation: Described }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = (item as Record<string, unknown>)[method.toLowerCase()] as Described | undefined;
      return operation ? [{ name: `${method} ${path}`, method, path, operation }] : [];
    }),
  );
}

/** Every operation that names something in its path, with the example of its body. */
export function operationsOnResources(document: Pick<OpenAPIObject, 'paths'>, bodies: Readonly<Record<string, object>> = {}): Operation[] {
  return described(document)
    .filter(({ path }) => path.includes('{'))
    .map(({ name, method, path, operation }) => ({
      name,
      method,
      path,
      resource: path.slice(0, path.lastIndexOf('}') + 1),
      body: bodies[name] ?? operation.requestBody?.content['application/json']?.example,
      query: queryOf(operation),
    }));
}

/** The required parameters of the query with their examples, and one more if given. */
function queryOf(operation: Described, more: Ids = {}): string {
  const required = (operation.parameters ?? []).filter((one) => one.in === 'query' && one.required === true);
  const pairs = required.map((one): [string, string] => [
    one.name,
    JSON.stringify(one.example ?? one.schema?.examples?.[0] ?? 'x').replaceAll('"', ''),
  ]);
  const all = [...pairs, ...Object.entries(more)];
  return all.length > 0 ? `?${new URLSearchParams(all).toString()}` : '';
}

/** Parameters of queries that carry an id, with how to ask by one. */
export function idsInQueries(document: Pick<OpenAPIObject, 'paths'>): { name: string; parameter: string; url(id: string): string }[] {
  return described(document)
    .filter(({ method, path }) => method === 'GET' && !path.includes('{'))
    .flatMap(({ name, path, operation }) =>
      (operation.parameters ?? [])
        .filter((one) => one.in === 'query' && one.schema?.format === 'uuid')
        .map(({ name: parameter }) => ({
          name: `${name} ${parameter}`,
          parameter,
          url: (id: string) => path + queryOf(operation, { [parameter]: id }),
        })),
    );
}

/** Fields of request bodies that carry an id, such as `PUT /api/v1/leads/{id}/status before`. */
export function idsInBodies(document: Pick<OpenAPIObject, 'paths' | 'components'>): string[] {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  return described(document).flatMap(({ name, operation }) =>
    Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) =>
      idFields(schema, schemas).map((field) => `${name} ${field}`),
    ),
  );
}

function idFields(schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>, at = '', depth = 0): string[] {
  if (!schema || depth > 8) return [];
  if (schema.format === 'uuid') return [at];
  const reference = schema.$ref?.split('/').at(-1);
  if (reference) return idFields(schemas[reference], schemas, at, depth + 1);
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => idFields(inner, schemas, at ? `${at}.${name}` : name, depth + 1)),
    ...idFields(schema.items, schemas, `${at}[]`, depth + 1),
    ...['anyOf', 'oneOf', 'allOf'].flatMap((key) =>
      ((schema as Readonly<Record<string, readonly Schema[] | undefined>>)[key] ?? []).flatMap((inner) =>
        idFields(inner, schemas, at, depth + 1),
      ),
    ),
  ];
}

/** Whatever of the document stands neither in the table nor among what was agreed on, and the other way round. */
export function gaps(
  found: readonly string[],
  ...known: readonly Readonly<Record<string, unknown>>[]
): { unknown: string[]; stale: string[] } {
  const names = known.flatMap((table) => Object.keys(table));
  return { unknown: [...new Set(found)].filter((name) => !names.includes(name)), stale: names.filter((name) => !found.includes(name)) };
}

export function filled(path: string, ids: Ids): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`${path}: no value for {${name}}`);
    return encodeURIComponent(id);
  });
}

/** Sends JSON as an actor; an answer that does not come (a stream that was let in) is a fault, not a wait. */
export async function callAs(
  { app }: World,
  actor: TestActor,
  request: { method: Operation['method']; url: string; body?: unknown; headers?: Record<string, string> },
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${request.method} ${request.url} did not end`)), 5000);
  });
  try {
    const { method, url, body, headers = {} } = request;
    return await Promise.race([app.call(method, url, { token: actor.token, body, headers }), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** POSTs as an actor and gives the id of what was made. */
export async function made(world: World, actor: TestActor, url: string, body: object): Promise<string> {
  const answer = await callAs(world, actor, { method: 'POST', url, body });
  const { id } = (answer.json ?? {}) as { id?: string };
  if (answer.status > 202 || !id) throw new Error(`POST ${url} answered ${answer.status}: ${answer.text}`);
  return id;
}

/** What the stranger is answered on an operation with somebody else's ids; undefined when it is right, which is: not found. */
export async function walkFault(world: World, operation: Operation, ids: Ids): Promise<string | undefined> {
  const url = filled(operation.path, ids) + operation.query;
  // The version is what the owner sees, so that only the organization can be what is wrong.
  const answer = await callAs(world, world.stranger, {
    method: operation.method,
    url,
    body: operation.body,
    headers: { 'if-match': '"v1"' },
  });
  return answer.status === 404 ? undefined : `${operation.name} answered ${answer.status}: ${answer.text.slice(0, 200)}`;
}

/** An answer without what differs from request to request. */
export function gist(answer: Answer, ...ids: string[]): string {
  const { requestId } = (answer.json ?? {}) as { requestId?: string };
  return [...ids, ...(requestId === undefined ? [] : [requestId])].reduce(
    (text, id) => text.replaceAll(id, '*'),
    `${answer.status} ${answer.text}`,
  );
}

/** What the owner sees of a resource, to compare before with after. */
export async function lookAt(world: World, path: string, resource: Resource, ids: Ids): Promise<unknown> {
  const url = filled(resource.look?.path ?? path, ids);
  const answer = await callAs(world, world.owner, { method: 'GET', url });
  if (answer.status !== 200) throw new Error(`the owner looked at ${url} and got ${answer.status}: ${answer.text}`);
  return resource.look?.facts ? resource.look.facts(answer.json, ids) : { etag: answer.headers['etag'], body: answer.json };
}
