import { type Field, fieldsOf, type JsonSchema, type ShapeClass } from '../shapes/field.js';

/** An example of a shape, from the examples of its fields. */
export function exampleOf(shape: ShapeClass): Record<string, unknown> {
  const example: Record<string, unknown> = {};
  for (const field of fieldsOf(shape)) example[field.name] = fieldExample(field);
  return example;
}

function fieldExample(field: Field): unknown {
  if (field.example !== undefined) return field.example;
  if (field.nested) return field.list ? [exampleOf(field.nested())] : exampleOf(field.nested());
  return schemaExample(field.schema);
}

function schemaExample(schema: JsonSchema): unknown {
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[])[0];
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return (schema['default'] as number | undefined) ?? Math.max(1, Number(schema['minimum'] ?? 1));
    case 'boolean':
      return true;
    case 'array':
      return [schemaExample(schema['items'] as JsonSchema)];
    case 'object':
      return {};
    default:
      return schema['format'] === 'uuid' ? '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d' : 'text'.padEnd(Number(schema['minLength'] ?? 0), '.');
  }
}
