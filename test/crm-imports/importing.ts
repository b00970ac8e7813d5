import type { TestActor } from '../harness/actors.js';
import type { Answer, TestApp } from '../harness/test-app.js';
import { upload } from '../files/uploading.js';

export interface ImportSummary {
  id: string;
  state: string;
  counts: { read: number; created: number; updated: number; unchanged: number; duplicate: number; failed: number };
  duplicatePairs: number | null;
  rowsPerSecond: number;
  startedAt: string;
  finishedAt: string;
  undone: { deleted: number; restored: number; kept: number } | null;
  error: { code: string; message: string } | null;
  jobId: string;
}

export interface ReportRow {
  line: number;
  outcome: string;
  leadId: string | null;
  name: string | null;
  errors: { column: string | null; code: string; message: string }[];
  undone: string | null;
}

export interface ReportPair {
  line: number;
  leadId: string | null;
  otherLine: number | null;
  otherLeadId: string | null;
  score: number;
  factors: { field: string; explanation: string; weight: number }[];
}

/** What one person does with imports, through the API. */
export interface Importer {
  readonly actor: TestActor;
  call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  file(text: string | Buffer, name?: string): Promise<string>;
  /** Starts an import and gives its id and that of its job. */
  start(fileId: string, options?: object): Promise<{ importId: string; jobId: string }>;
  /** Uploads, imports and waits for the end. */
  run(text: string | Buffer, options?: object): Promise<ImportSummary>;
  ended(importId: string, after?: readonly string[]): Promise<ImportSummary>;
  rows(importId: string, query?: string): Promise<ReportRow[]>;
  pairs(importId: string): Promise<ReportPair[]>;
  leads(query?: string): Promise<Record<string, unknown>[]>;
}

const BUSY = ['queued', 'running', 'undoing'];

export function importerOf(app: TestApp, actor: TestActor): Importer {
  const call: Importer['call'] = (method, path, body, headers = {}) =>
    app.call(method, `/api/v1${path}`, { token: actor.token, body, headers });
  const all = async <T>(path: string): Promise<T[]> => {
    const found: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer: Answer = await call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor && `&cursor=${cursor}`}`);
      if (answer.status !== 200) throw new Error(answer.text);
      found.push(...answer.json.items);
      cursor = answer.json.nextCursor;
    }
    return found;
  };
  const importer: Importer = {
    actor,
    call,
    file: async (text, name = 'leads.csv') => {
      const answer = await upload(app, actor.token, name, Buffer.from(text as string));
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.json.id;
    },
    start: async (fileId, options = {}) => {
      const answer = await call('POST', '/lead-imports', { fileId, dryRun: false, ...options });
      if (answer.status !== 202) throw new Error(answer.text);
      return answer.json;
    },
    run: async (text, options) => importer.ended((await importer.start(await importer.file(text), options)).importId),
    ended: async (importId, busy = BUSY) => {
      for (let tries = 0; tries < 2_000; tries++) {
        const { json } = await call('GET', `/lead-imports/${importId}`);
        if (!busy.includes(json.state)) return json;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('the import did not end');
    },
    rows: (importId, query = '') => all(`/lead-imports/${importId}/rows${query}`),
    pairs: (importId) => all(`/lead-imports/${importId}/duplicates`),
    leads: (query = '?sort=created') => all(`/leads${query}`),
  };
  return importer;
}
