import { asList, asObject, asText, resolved, type Json, type JsonObject } from './json-document.js';
import { schemaChanges, type BreakingChange } from './schema-changes.js';

export type { BreakingChange } from './schema-changes.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

interface Documents {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** One operation in both versions, with what its path shares merged in. */
interface OperationPair extends Documents {
  readonly path: string;
  readonly old: JsonObject;
  readonly young: JsonObject;
}

/**
 * Everything in the new OpenAPI 3.1 document that can break a caller of the old one. An operation that was `deprecated` with an
 * `x-sunset` date before `today` (YYYY-MM-DD) may go.
 */
export function breakingChanges(before: JsonObject, after: JsonObject, today?: string): BreakingChange[] {
  const changes: BreakingChange[] = [];
  for (const [path, oldItem] of Object.entries(asObject(before['paths']))) {
    const item = resolved(before, oldItem);
    const young = asObject(after['paths'])[path];
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      changes.push(
        ...operationOrRemoval({ before, after }, { path: `${method.toUpperCase()} ${path}`, method, today }, [
          item,
          resolved(after, young),
        ]),
      );
    }
  }
  return changes;
}

function operationOrRemoval(
  documents: Documents,
  { path, method, today }: { path: string; method: string; today: string | undefined },
  [oldItem, youngItem]: readonly [JsonObject, JsonObject],
): BreakingChange[] {
  const old = withShared(documents.before, oldItem, asObject(oldItem[method]));
  if (youngItem[method] === undefined) {
    return isPastSunset(old, today) ? [] : [{ path, message: 'The operation is gone.' }];
  }
  const pair = { ...documents, path, old, young: withShared(documents.after, youngItem, asObject(youngItem[method])) };
  return [...identityChanges(pair), ...parameterChanges(pair), ...bodyChanges(pair), ...responseChanges(pair)];
}

function isPastSunset(operation: JsonObject, today: string | undefined): boolean {
  const sunset = operation['x-sunset'];
  return operation['deprecated'] === true && typeof sunset === 'string' && today !== undefined && sunset.slice(0, 10) < today;
}

function identityChanges({ before, after, path, old, young }: OperationPair): BreakingChange[] {
  const [oldId, youngId] = [old['operationId'], young['operationId']];
  const changes: BreakingChange[] = [];
  if (oldId !== undefined && oldId !== youngId) {
    changes.push({ path, message: `The operationId changed from ${JSON.stringify(oldId)} to ${JSON.stringify(youngId) ?? 'nothing'}.` });
  }
  if (isPublic(before, old) && !isPublic(after, young)) changes.push({ path, message: 'The operation now needs a login.' });
  return changes;
}

function isPublic(document: JsonObject, operation: JsonObject): boolean {
  const ways = asList(operation['security'] ?? document['security']);
  return ways.length === 0 || ways.some((way) => Object.keys(asObject(way)).length === 0);
}

/** Parameters of the path apply to each operation, unless the operation declares the same one again. */
function withShared(document: JsonObject, item: JsonObject, operation: JsonObject): JsonObject {
  const all = [...asList(item['parameters']), ...asList(operation['parameters'])].map((parameter) => resolved(document, parameter));
  return { ...operation, parameters: [...new Map(all.map((parameter) => [parameterKey(parameter), parameter])).values()] };
}

function parameterKey({ in: place, name }: JsonObject): string {
  // Names of headers are the only ones where upper and lower case are the same.
  return `${asText(place)} parameter ${place === 'header' ? asText(name).toLowerCase() : asText(name)}`;
}

function parametersOf(operation: JsonObject): Map<string, JsonObject> {
  return new Map(asList(operation['parameters']).map((parameter) => [parameterKey(asObject(parameter)), asObject(parameter)]));
}

function parameterChanges({ before, after, path, old, young }: OperationPair): BreakingChange[] {
  const [olds, youngs] = [parametersOf(old), parametersOf(young)];
  const changes: BreakingChange[] = [];
  for (const [key, was] of olds) {
    const is = youngs.get(key);
    const at = `${path} ${key}`;
    if (!is) {
      changes.push({ path: at, message: 'The parameter is no longer accepted.' });
      continue;
    }
    if (is['required'] === true && was['required'] !== true) changes.push({ path: at, message: 'The parameter is now required.' });
    if (spelling(was) !== spelling(is)) changes.push({ path: at, message: 'The parameter is now written in another style.' });
    changes.push(...schemaChanges({ direction: 'request', documents: [before, after], path: at }, was['schema'], is['schema']));
    changes.push(...contentChanges({ before, after, path: at, old: was, young: is }, 'request'));
  }
  const demanded = [...youngs].filter(([key, parameter]) => !olds.has(key) && parameter['required'] === true);
  return [...changes, ...demanded.map(([key]) => ({ path: `${path} ${key}`, message: 'The parameter is new and required.' }))];
}

/** How the values of a parameter are written, with the defaults of the specification. */
function spelling(parameter: JsonObject): string {
  const style = parameter['style'] ?? (parameter['in'] === 'query' || parameter['in'] === 'cookie' ? 'form' : 'simple');
  return `${asText(style)} ${asText(parameter['explode'] ?? style === 'form')}`;
}

function bodyChanges({ before, after, path, old, young }: OperationPair): BreakingChange[] {
  const at = `${path} request`;
  const [was, is] = [resolved(before, old['requestBody']), resolved(after, young['requestBody'])];
  if (old['requestBody'] === undefined) return is['required'] === true ? [{ path: at, message: 'A body is now required.' }] : [];
  if (young['requestBody'] === undefined) return [{ path: at, message: 'The body is no longer accepted.' }];
  const demanded = is['required'] === true && was['required'] !== true ? [{ path: at, message: 'The body is now required.' }] : [];
  return [...demanded, ...contentChanges({ before, after, path: at, old: was, young: is }, 'request')];
}

function responseChanges({ before, after, path, old, young }: OperationPair): BreakingChange[] {
  const youngs = asObject(young['responses']);
  return Object.entries(asObject(old['responses'])).flatMap(([status, response]) => {
    const at = `${path} response ${status}`;
    if (youngs[status] === undefined) return [{ path: at, message: 'The response is gone.' }];
    const pair = { before, after, path: at, old: resolved(before, response), young: resolved(after, youngs[status]) };
    return [...headerChanges(pair), ...contentChanges(pair, 'response')];
  });
}

function headerChanges({ before, after, path, old, young }: OperationPair): BreakingChange[] {
  const youngs = lowerCased(asObject(young['headers']));
  return [...lowerCased(asObject(old['headers']))].flatMap(([name, header]) => {
    const at = `${path} header ${name}`;
    if (!youngs.has(name)) return [{ path: at, message: 'The header is gone.' }];
    const [was, is] = [resolved(before, header), resolved(after, youngs.get(name))];
    return schemaChanges({ direction: 'response', documents: [before, after], path: at }, was['schema'], is['schema']);
  });
}

function lowerCased(headers: JsonObject): Map<string, Json | undefined> {
  return new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]));
}

function contentChanges({ before, after, path, old, young }: OperationPair, direction: 'request' | 'response'): BreakingChange[] {
  const youngs = asObject(young['content']);
  return Object.entries(asObject(old['content'])).flatMap(([type, media]) => {
    const is = youngs[type];
    if (is === undefined)
      return [{ path, message: direction === 'request' ? `${type} is no longer accepted.` : `${type} is no longer sent.` }];
    return schemaChanges(
      { direction, documents: [before, after], path: `${path} ${type} ` },
      asObject(media)['schema'],
      asObject(is)['schema'],
    ).map(
      // The body itself has no name, so its properties begin with a dot of their own.
      (change) => ({ ...change, path: change.path.trimEnd() }),
    );
  });
}
