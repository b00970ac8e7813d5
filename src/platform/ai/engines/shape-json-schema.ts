import { type Field, fieldsOf, type JsonSchema, type ShapeClass } from '../../http/shapes/field.js';

/** The JSON Schema of a shape as models are given it: whole, without references, closed, each field with its description. */
export function shapeJsonSchema(shape: ShapeClass): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of fieldsOf(shape)) {
    properties[field.name] = fieldSchema(field);
    if (!field.optional) required.push(field.name);
  }
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}

function fieldSchema(field: Field): JsonSchema {
  const note = field.description ? { description: field.description } : {};
  const inner = field.nested ? shapeJsonSchema(field.nested()) : undefined;
  const schema = inner === undefined ? field.schema : field.list ? { ...field.schema, items: inner } : inner;
  return { ...(field.nullable ? withNull(schema) : schema), ...note };
}

function withNull(schema: JsonSchema): JsonSchema {
  const types = [schema['type'] ?? []].flat();
  const options = schema['enum'];
  return { ...schema, type: [...types, 'null'], ...(Array.isArray(options) ? { enum: [...(options as unknown[]), null] } : {}) };
}
