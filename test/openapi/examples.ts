import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { asList, asObject, isObject, resolved, target, type Json, type JsonObject } from '../../src/platform/http/openapi/json-document.js';

/** An example that its own schema refuses; `location` is a JSON pointer into the document. */
export interface BadExample {
  readonly location: string;
  readonly message: string;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const DOCUMENT = 'https://concord.invalid/openapi.json';

/** Checks every example of requests, responses, parameters, headers and schemas against the schema it stands beside. */
export function validateExamples(document: JsonObject): BadExample[] {
  return new ExampleCheck(document).run();
}

class ExampleCheck {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  private readonly bad: BadExample[] = [];

  constructor(private readonly document: JsonObject) {
    formats.default(this.ajv);
    // The whole document is one schema, so that a pointer into it finds everything its references need.
    this.ajv.addSchema({ $id: DOCUMENT, ...withoutIds(document) });
  }

  run(): BadExample[] {
    for (const [path, item] of Object.entries(asObject(this.document['paths']))) this.pathItem(item, pointer('#/paths', path));
    for (const [kind, parts] of Object.entries(asObject(this.document['components']))) this.components(kind, parts);
    return this.bad;
  }

  private components(kind: string, parts: Json | undefined): void {
    for (const [name, part] of Object.entries(asObject(parts))) {
      const at = pointer(`#/components/${kind}`, name);
      if (kind === 'schemas') this.schema(part, at);
      if (kind === 'parameters' || kind === 'headers') this.valued(part, at);
      if (kind === 'responses') this.response(part, at);
      if (kind === 'requestBodies') this.content(asObject(part)['content'], at);
    }
  }

  private pathItem(item: Json | undefined, at: string): void {
    const operations = asObject(item);
    this.parameters(operations['parameters'], at);
    for (const method of METHODS) {
      const operation = asObject(operations[method]);
      this.parameters(operation['parameters'], `${at}/${method}`);
      this.content(asObject(operation['requestBody'])['content'], `${at}/${method}/requestBody`);
      for (const [status, response] of Object.entries(asObject(operation['responses']))) {
        this.response(response, `${at}/${method}/responses/${status}`);
      }
    }
  }

  private parameters(parameters: Json | undefined, at: string): void {
    asList(parameters).forEach((parameter, index) => this.valued(parameter, `${at}/parameters/${index}`));
  }

  private response(response: Json | undefined, at: string): void {
    const { headers, content } = asObject(response);
    for (const [name, header] of Object.entries(asObject(headers))) this.valued(header, pointer(`${at}/headers`, name));
    this.content(content, at);
  }

  private content(content: Json | undefined, at: string): void {
    for (const [type, media] of Object.entries(asObject(content))) this.valued(media, pointer(`${at}/content`, type));
  }

  /** Parameters, headers and media types all carry `schema`, `example` and `examples` in the same way. */
  private valued(node: Json | undefined, at: string): void {
    const { schema, example, examples, content } = asObject(node);
    if (schema === undefined) return this.content(content, at);
    if (example !== undefined) this.check(`${at}/schema`, example, `${at}/example`);
    for (const [name, entry] of Object.entries(asObject(examples))) {
      const { value } = resolved(this.document, entry);
      if (value !== undefined) this.check(`${at}/schema`, value, pointer(`${at}/examples`, name));
    }
    this.schema(schema, `${at}/schema`);
  }

  private schema(schema: Json | undefined, at: string): void {
    if (!isObject(schema)) return;
    if (schema['example'] !== undefined) this.check(at, schema['example'], `${at}/example`);
    asList(schema['examples']).forEach((example, index) => this.check(at, example, `${at}/examples/${index}`));
    for (const keyword of ['properties', 'patternProperties', '$defs']) {
      for (const [name, part] of Object.entries(asObject(schema[keyword]))) this.schema(part, pointer(`${at}/${keyword}`, name));
    }
    for (const keyword of ['allOf', 'oneOf', 'anyOf', 'prefixItems']) {
      asList(schema[keyword]).forEach((part, index) => this.schema(part, `${at}/${keyword}/${index}`));
    }
    for (const keyword of ['items', 'additionalProperties', 'not']) this.schema(schema[keyword], `${at}/${keyword}`);
  }

  private check(schemaAt: string, example: Json, exampleAt: string): void {
    const validate = this.validatorFor(schemaAt);
    if (validate(example)) return;
    this.bad.push({ location: exampleAt, message: this.ajv.errorsText(validate.errors, { dataVar: 'example' }) });
  }

  private validatorFor(at: string): ValidateFunction {
    // A pointer that leads nowhere must fail here rather than pass everything.
    target(this.document, at);
    return this.ajv.compile({ $ref: DOCUMENT + at });
  }
}

function pointer(base: string, name: string): string {
  return `${base}/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
}

// Only the parts that hold schemas: elsewhere a word like "$id" or "id" would be read as a keyword.
function withoutIds({ paths, components }: JsonObject): JsonObject {
  return { paths: paths ?? {}, components: components ?? {} };
}
