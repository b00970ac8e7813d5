import { declareInstantField } from '../instant-text.js';
import { type Field, fieldsOf, type JsonSchema, type ShapeClass } from './field.js';

/** Name of a shape in the OpenAPI document. */
export function shapeName(shape: ShapeClass): string {
  return shape.name;
}

/** The schema of a shape for OpenAPI 3.1, other shapes by reference; `seen` collects every shape that is referred to. */
export function openApiSchema(shape: ShapeClass, seen: Map<string, ShapeClass>, use: 'request' | 'response'): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of fieldsOf(shape)) {
    properties[field.name] = openApiField(field, seen);
    if (!field.optional) required.push(field.name);
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(use === 'request' ? { additionalProperties: false } : {}),
  };
}

function openApiField(field: Field, seen: Map<string, ShapeClass>): JsonSchema {
  const notes = {
    ...(field.description ? { description: field.description } : {}),
    ...(field.example === undefined ? {} : { examples: [field.example] }),
  };
  if (!field.nested) return { ...nullable(field.schema, field.nullable), ...notes };
  const inner = field.nested();
  seen.set(shapeName(inner), inner);
  const reference = { $ref: `#/components/schemas/${shapeName(inner)}` };
  if (field.list) return { ...nullable({ ...field.schema, items: reference }, field.nullable), ...notes };
  return field.nullable ? { anyOf: [reference, { type: 'null' }], ...notes } : { ...reference, ...notes };
}

function nullable(schema: JsonSchema, isNullable: boolean): JsonSchema {
  if (!isNullable) return schema;
  const types = [schema['type']].flat();
  return {
    ...schema,
    type: [...types, 'null'],
    ...(Array.isArray(schema['enum']) ? { enum: [...(schema['enum'] as unknown[]), null] } : {}),
  };
}

/** The schema Fastify compiles into the serializer: whole, closed, without the limits that only requests need. */
export function serializerSchema(shape: ShapeClass): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const field of fieldsOf(shape)) properties[field.name] = serializerField(field);
  return { type: 'object', properties };
}

function serializerField(field: Field): JsonSchema {
  const open = field.nullable ? { nullable: true } : {};
  if (field.nested) {
    const inner = serializerSchema(field.nested());
    return field.list ? { type: 'array', items: inner, ...open } : { ...inner, ...open };
  }
  return { ...bare(field.schema), ...open };
}

const SERIALIZER_KEYWORDS = ['type', 'format', 'properties', 'items', 'additionalProperties'];

function bare(schema: JsonSchema): JsonSchema {
  const kept: JsonSchema = {};
  for (const keyword of SERIALIZER_KEYWORDS) {
    const value = schema[keyword];
    if (value === undefined || (keyword === 'format' && value !== 'date-time')) continue;
    if (keyword === 'items' || (keyword === 'additionalProperties' && typeof value === 'object')) kept[keyword] = bare(value as JsonSchema);
    else if (keyword === 'properties')
      kept[keyword] = Object.fromEntries(Object.entries(value as Record<string, JsonSchema>).map(([name, one]) => [name, bare(one)]));
    else kept[keyword] = value;
  }
  return kept;
}

/**
 * A select list that makes the JSON of a shape inside PostgreSQL: `row_to_json` of it is byte for byte what the compiled serializer would
 * send, and holds exactly the declared fields. `columns` gives the SQL of each field; a missing one throws at load.
 */
export function sqlSelectList(shape: ShapeClass, columns: Record<string, string>): string {
  return selectList(shape, columns, (field, column) => (field.sqlJson ? field.sqlJson(column) : column));
}

/**
 * The same for hot routes, whose text goes out as `JsonText`: instants are left as PostgreSQL prints them, because formatting three of them
 * costs a page of 50 more than reading its rows, and `JsonText` puts them into our form.
 */
export function sqlHotSelectList(shape: ShapeClass, columns: Record<string, string>): string {
  return selectList(shape, columns, (field, column) => {
    if (field.schema['format'] === 'date-time') declareInstantField(field.name);
    return column;
  });
}

function selectList(shape: ShapeClass, columns: Record<string, string>, render: (field: Field, column: string) => string): string {
  return fieldsOf(shape)
    .map((field) => {
      const column = columns[field.name];
      if (column === undefined) throw new Error(`${shapeName(shape)}.${field.name} has no SQL column`);
      return `${render(field, column)} as "${field.name}"`;
    })
    .join(', ');
}
