import { type Field, fieldsOf, type JsonSchema, type ShapeClass } from '../shapes/field.js';

/**
 * An example of a shape, from the examples of its fields. Of a request it shows only what must be there:
 * it is what Swagger UI sends when somebody presses "Execute", and some optional fields exclude each other.
 */
export function exampleOf(shape: ShapeClass, use: 'request' | 'response'): Record<string, unknown> {
  const example: Record<string, unknown> = {};
  const fields = fieldsOf(shape);
  const isNeeded = (field: Field): boolean => use === 'response' || !field.optional;
  const shown = fields.some(isNeeded) ? fields.filter(isNeeded) : fields.slice(0, 1);
  for (const field of shown) example[field.name] = fieldExample(field, use);
  return example;
}

function fieldExample(field: Field, use: 'request' | 'response'): unknown {
  if (field.example !== undefined) return field.example;
  if (field.nested) return field.list ? [exampleOf(field.nested(), use)] : exampleOf(field.nested(), use);
  return schemaExample(field.schema);
}

function schemaExample(schema: JsonSchema): unknown {
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[])[0];
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return schema['default'] ?? Math.max(1, Number(schema['minimum'] ?? 1));
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
