import { createConfig, lintFromString, type NormalizedProblem } from '@redocly/openapi-core';
import type { JsonObject } from '../../src/platform/http/openapi/json-document.js';

/** One finding of the linter; `location` is a JSON pointer into the document. */
export interface LintFinding {
  readonly severity: 'error' | 'warn';
  readonly rule: string;
  readonly location: string;
  readonly message: string;
}

// What the recommended set only warns about or leaves out, and we hold to. Off is what does not fit a system that a company runs for
// itself: it has no licence to name, and its address is wherever it was installed.
const RULES = {
  'info-license': 'off',
  'info-license-strict': 'off',
  'no-empty-servers': 'off',
  'no-server-example.com': 'off',
  'operation-operationId': 'error',
  'operation-operationId-unique': 'error',
  'operation-2xx-response': 'error',
  'operation-4xx-response': 'error',
  'operation-summary': 'error',
  'operation-tag-defined': 'error',
  'tag-description': 'error',
  'parameter-description': 'error',
  'no-unused-components': 'error',
  'no-ambiguous-paths': 'error',
  'no-duplicated-enum-values': 'error',
  'no-duplicated-tag-names': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'no-invalid-schema-examples': 'error',
  'no-required-schema-properties-undefined': 'error',
  'paths-kebab-case': 'error',
  'spec-ref-siblings': 'off',
} as const;

/** Lints an OpenAPI document with the recommended rules and the stricter ones of the house. */
export async function lintDocument(document: JsonObject): Promise<LintFinding[]> {
  const config = await createConfig({ extends: ['recommended'], rules: RULES });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
  return problems.filter((problem) => problem.ignored !== true).map(findingOf);
}

function findingOf({ severity, ruleId, location, message }: NormalizedProblem): LintFinding {
  return { severity, rule: ruleId, location: location[0]?.pointer ?? '#/', message };
}
