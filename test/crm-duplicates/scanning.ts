import type { TestActor } from '../harness/actors.js';
import type { Answer, TestApp } from '../harness/test-app.js';

export interface ScanSummary {
  id: string;
  state: string;
  phase: string;
  leadCount: number;
  doneCount: number;
  comparedPairs: number;
  pairCount: number;
  clusterCount: number;
  truncated: boolean;
  jobId: string;
}

export interface Cluster {
  id: string;
  state: string;
  score: number;
  mergeId: string | null;
  leads: { id: string; name: string; isDeleted: boolean; version: number }[];
  pairs: { leftId: string; rightId: string; score: number; factors: { field: string; explanation: string; weight: number }[] }[];
}

/** What one person does with duplicates, through the API. */
export interface Reviewer {
  readonly actor: TestActor;
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, ifMatch?: string): Promise<Answer>;
  lead(body: { name: string } & Record<string, unknown>): Promise<{ id: string; version: number } & Record<string, unknown>>;
  view(id: string): Promise<Record<string, unknown>>;
  start(body?: object): Promise<{ scanId: string; jobId: string }>;
  ended(scanId: string): Promise<ScanSummary>;
  scan(body?: object): Promise<ScanSummary>;
  all<T>(path: string): Promise<T[]>;
  clusters(state?: string): Promise<Cluster[]>;
  cluster(id: string): Promise<Cluster>;
}

export function reviewerOf(app: TestApp, actor: TestActor): Reviewer {
  const call: Reviewer['call'] = (method, path, body, ifMatch) =>
    app.call(method, `/api/v1${path}`, { token: actor.token, body, headers: ifMatch === undefined ? {} : { 'if-match': ifMatch } });
  const good = async (answer: Promise<Answer>): Promise<Answer['json']> => {
    const { status, json, text } = await answer;
    if (status >= 300) throw new Error(`${status}: ${text}`);
    return json;
  };
  const reviewer: Reviewer = {
    actor,
    call,
    lead: (body) => good(call('POST', '/leads', body)),
    view: (id) => good(call('GET', `/leads/${id}`)),
    start: (body = {}) => good(call('POST', '/lead-duplicate-scans', body)),
    ended: async (scanId) => {
      for (let tries = 0; tries < 4_000; tries++) {
        const scan: ScanSummary = await good(call('GET', `/lead-duplicate-scans/${scanId}`));
        if (scan.state !== 'queued' && scan.state !== 'running') return scan;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('the scan did not end');
    },
    scan: async (body) => reviewer.ended((await reviewer.start(body)).scanId),
    all: async <T>(path: string): Promise<T[]> => {
      const found: T[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Answer['json'] = await good(
          call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${cursor}`}`),
        );
        found.push(...(page.items as T[]));
        cursor = page.nextCursor;
      }
      return found;
    },
    clusters: (state = 'open') => reviewer.all(`/lead-duplicate-clusters?state=${state}`),
    cluster: (id) => good(call('GET', `/lead-duplicate-clusters/${id}`)),
  };
  return reviewer;
}
