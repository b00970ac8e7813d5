import { AuditSealer } from '../../src/features/audit/audit-sealer.js';
import { WebhookLimits } from '../../src/features/webhooks/webhook-limits.js';
import { makeOrganization, type OrganizationOptions, type TestActor } from '../harness/actors.js';
import type { Answer, TestApp } from '../harness/test-app.js';

type Call = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** An organization, its owner, and what a test does with its webhooks. */
export interface Hooking extends TestActor {
  readonly call: Call;
  /** Subscribes a URL and gives the answer. */
  hook(url: string, events?: string[]): Promise<{ id: string; secret: string; version: number }>;
  lead(name?: string): Promise<{ id: string; version: number }>;
  /** Seals at once what the sealer would seal within a second. */
  seal(): Promise<void>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  deliveries(id: string, query?: string): Promise<any[]>;
}

export async function hooking(app: TestApp, options?: OrganizationOptions): Promise<Hooking> {
  return hookingAs(app, await makeOrganization(app, options));
}

/** The same for somebody who is there already. */
export function hookingAs(app: TestApp, actor: TestActor): Hooking {
  const call: Call = (method, path, body, headers = {}) => app.call(method, `/api/v1${path}`, { token: actor.token, body, headers });
  return {
    ...actor,
    call,
    hook: async (url, events = ['*']) => expectStatus(201, await call('POST', '/webhooks', { url, events })),
    lead: async (name = 'Ana Duarte') => expectStatus(201, await call('POST', '/leads', { name })),
    seal: async () => void (await app.nest.get(AuditSealer).sealPending()),
    deliveries: async (id, query = '') =>
      (expectStatus(200, await call('GET', `/webhooks/${id}/deliveries${query}`)) as { items: unknown[] }).items,
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
function expectStatus(status: number, answer: Answer): any {
  if (answer.status !== status) throw new Error(`answered ${answer.status} instead of ${status}: ${answer.text}`);
  return answer.json;
}

/** Lets retries and pauses take no time worth mentioning. */
export function hurry(app: TestApp, limits: Partial<WebhookLimits> = {}): WebhookLimits {
  const quick = { retrySeconds: [0.05, 0.05, 0.05], pauseSeconds: { first: 0.02, longest: 0.05 }, timeoutMs: 2_000 };
  return Object.assign(app.nest.get(WebhookLimits), quick, limits);
}
