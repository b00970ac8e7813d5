import { Ai } from '../../src/platform/ai/ai.js';
import type { ConverseEvent, EngineName } from '../../src/platform/ai/ai-types.js';
import { spoken } from '../../src/platform/ai/marked-text.js';
import { prompt } from '../../src/platform/ai/prompts/prompt.js';
import { anonymousScope, type Scope } from '../../src/platform/database/scope.js';
import { Text } from '../../src/platform/http/shapes/fields.js';
import { makeOrganization, type TestActor } from '../harness/actors.js';
import { startTestApp, type TestApp } from '../harness/test-app.js';
import { VendorServer } from '../harness/vendors/vendor-server.js';

export const SUMMARY = prompt({ name: 'test.summarize', version: 3, system: 'Summarize what you are given.' });
export const TURN = prompt({ name: 'test.turn', version: 1, system: 'You help with leads.' });

export class Found {
  @Text({ min: 1, max: 40, description: 'The name.' }) name: string;
  @Text({ max: 40, optional: true }) city?: string;
}

/** An app whose only vendors are a server of ours. */
export interface AiBench {
  readonly app: TestApp;
  readonly vendors: VendorServer;
  readonly ai: Ai;
  close(): Promise<void>;
}

export async function startAiBench(environment: Record<string, string>): Promise<AiBench> {
  const vendors = await VendorServer.start();
  const app = await startTestApp({ ...vendors.environment, ...environment });
  return {
    app,
    vendors,
    ai: app.nest.get(Ai),
    close: async () => {
      await app.close();
      await vendors.close();
    },
  };
}

/** A new organization and the scope of its owner, as a request would have it. */
export async function someone({ app }: AiBench): Promise<{ actor: TestActor; scope: Scope }> {
  const actor = await makeOrganization(app);
  return { actor, scope: scopeOf(actor) };
}

export function scopeOf({ organizationId, userId }: Pick<TestActor, 'organizationId' | 'userId'>): Scope {
  return { ...anonymousScope('req-ai-test', null), organizationId, actor: { type: 'user', id: userId, userId } };
}

/** Waits until the circuit of an engine that a test before made fail is closed again. */
export async function recovered({ ai, vendors }: AiBench, scope: Scope, ...engines: EngineName[]): Promise<void> {
  vendors.reset();
  for (const onlyEngine of engines) {
    const call = { feature: 'tests', prompt: SUMMARY, input: [spoken('Are you there?')], onlyEngine };
    while (!(await ai.generateText(scope, call).catch(() => undefined))) await new Promise((next) => setTimeout(next, 50));
  }
  vendors.reset();
}

/** Everything a step yields. */
export async function all(step: AsyncIterable<ConverseEvent>): Promise<ConverseEvent[]> {
  const events: ConverseEvent[] = [];
  for await (const event of step) events.push(event);
  return events;
}

/** The text of a step, as somebody would see it who heeds `restart`. */
export function textOf(events: readonly ConverseEvent[]): string {
  return events.reduce((text, event) => (event.type === 'restart' ? '' : event.type === 'text-delta' ? text + event.text : text), '');
}

export interface CallRow {
  readonly status: string;
  readonly engine: string | null;
  readonly model: string | null;
  readonly tokens_in: string;
  readonly tokens_out: string;
  readonly cost_micros: string;
  readonly reserved_micros: string;
  readonly is_estimated: boolean;
  readonly is_fallback: boolean;
  readonly attempts: number;
  readonly feature: string;
  readonly task: string;
  readonly prompt_name: string | null;
  readonly prompt_version: number | null;
}

/** What the ledger says of an organization's calls, oldest first. */
export async function ledgerOf({ app }: AiBench, { organizationId }: Pick<TestActor, 'organizationId'>): Promise<CallRow[]> {
  const sql = `select status, engine, model, tokens_in, tokens_out, cost_micros, reserved_micros, is_estimated, is_fallback, attempts, feature,
    task, prompt_name, prompt_version from ai_calls where organization_id = $1 order by id`;
  return (await app.database.owner.query<CallRow>(sql, [organizationId])).rows;
}

/** Spent and set aside, as text. */
export async function spendingOf(
  { app }: AiBench,
  { organizationId }: Pick<TestActor, 'organizationId'>,
): Promise<{ spent: string; reserved: string }> {
  const sql = `select spent_micros::text as spent, reserved_micros::text as reserved from ai_spending where organization_id = $1`;
  const { rows } = await app.database.owner.query<{ spent: string; reserved: string }>(sql, [organizationId]);
  return rows[0] ?? { spent: '0', reserved: '0' };
}
