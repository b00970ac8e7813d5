import type { Answer, TestApp } from '../harness/test-app.js';

/** Calls of the CRM routes by one person. */
export interface Caller {
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, ifMatch?: string): Promise<Answer>;
  put(path: string, body: unknown, ifMatch?: string): Promise<Answer>;
  delete(path: string): Promise<Answer>;
  /** Makes a lead and gives its view. */
  lead(body: { name: string } & Record<string, unknown>): Promise<{ id: string; version: number; status: string; pipelineId: string }>;
  /** Ids of the cards of a column, all pages. */
  column(status: string): Promise<string[]>;
}

export function callerOf(app: TestApp, token: string): Caller {
  const call = (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => app.call(method, `/api/v1${path}`, { token, body, headers });
  const ifMatch = (etag?: string): Record<string, string> => (etag === undefined ? {} : { 'if-match': etag });
  const caller: Caller = {
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    patch: (path, body, etag) => call('PATCH', path, body, ifMatch(etag)),
    put: (path, body, etag) => call('PUT', path, body, ifMatch(etag)),
    delete: (path) => call('DELETE', path),
    lead: async (body) => (await call('POST', '/leads', body)).json,
    column: async (status) => {
      const ids: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Answer = await call('GET', `/leads/board/columns/${status}?limit=100${cursor ? `&cursor=${cursor}` : ''}`);
        ids.push(...page.json.items.map((card: { id: string }) => card.id));
        cursor = page.json.nextCursor;
      }
      return ids;
    },
  };
  return caller;
}

/** Audit rows of a resource, oldest first, as the owner of the database sees them. */
export async function auditOf(
  app: TestApp,
  resourceId: string,
): Promise<{ action: string; before: Record<string, unknown> | null; after: Record<string, unknown> | null; actor_type: string }[]> {
  const { rows } = await app.database.owner.query(
    'select action, before, after, actor_type from audit_events where resource_id = $1 order by occurred_at, id',
    [resourceId],
  );
  return rows;
}
