import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '../../src/shared/ids.js';
import type { Answer, TestApp } from '../harness/test-app.js';

/** The result of a message, loosely typed because tests look at it. */
export interface Said {
  readonly taskId: string;
  readonly conversationId: string;
  readonly status: string;
  readonly answer: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly result: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly task: any;
}

/** One person talking to the assistant. */
export interface Talker {
  call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Sends a message and waits for what comes of it; the first begins a conversation, the others go on with it. */
  say(message: string, conversationId?: string): Promise<Said>;
  send(message: string, conversationId?: string): Promise<{ taskId: string; conversationId: string }>;
  done(taskId: string): Promise<Said>;
  lead(body: { name: string } & Record<string, unknown>): Promise<{ id: string; version: number }>;
  conversationId: string | undefined;
}

const PATIENCE_MS = 20_000;

export function talkerOf(app: TestApp, token: string): Talker {
  const call: Talker['call'] = (method, path, body, headers = {}) => app.call(method, `/api/v1${path}`, { token, body, headers });
  const talker: Talker = {
    call,
    conversationId: undefined,
    send: async (message, conversationId = talker.conversationId) => {
      const answer = await call('POST', '/chat', { message, ...(conversationId ? { conversationId } : {}) });
      if (answer.status !== 202) throw new Error(`chat answered ${answer.status}: ${answer.text}`);
      talker.conversationId ??= answer.json.conversationId;
      return answer.json;
    },
    done: async (taskId) => {
      const until = Date.now() + PATIENCE_MS;
      for (;;) {
        const { json } = await call('GET', `/chat/tasks/${taskId}`);
        if (['SUCCESS', 'FAILURE', 'CANCELLED'].includes(json.status))
          return {
            taskId,
            conversationId: json.conversationId,
            status: json.status,
            answer: json.result?.answer ?? '',
            result: json.result,
            task: json,
          };
        if (Date.now() > until) throw new Error(`the task is still ${json.status}`);
        await wait(5);
      }
    },
    say: async (message, conversationId) => talker.done((await talker.send(message, conversationId)).taskId),
    lead: async (body) => (await call('POST', '/leads', body)).json,
  };
  return talker;
}

/** Gives a person another role, and waits until the servers know. */
export async function demote(
  app: TestApp,
  owner: { token: string },
  person: { userId: string; token: string },
  role: 'member' | 'viewer',
): Promise<void> {
  const headers = { 'if-match': '*' };
  const answer = await app.call('PATCH', `/api/v1/members/${person.userId}`, { token: owner.token, body: { role }, headers });
  if (answer.status !== 200) throw new Error(`the role answered ${answer.status}: ${answer.text}`);
  const [method, path] = role === 'viewer' ? (['POST', '/api/v1/leads'] as const) : (['DELETE', `/api/v1/leads/${newId()}`] as const);
  while ((await app.call(method, path, { token: person.token, body: method === 'POST' ? {} : undefined })).status !== 403) await wait(5);
}
