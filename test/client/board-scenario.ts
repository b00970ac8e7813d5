import createClient from 'openapi-fetch';
import type { paths } from './generated/api.js';

/** What a program sees that uses the client generated from the OpenAPI document: every name and type below is checked against it. */
export async function boardScenario(baseUrl: string, token: string): Promise<{ column: string; count: number; problem: string }> {
  const api = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  const made = await api.POST('/api/v1/leads', {
    body: { name: 'Ana Duarte', company: 'Duarte & Filhos', value: { amountMinor: '1250000', currency: 'EUR' } },
  });
  if (!made.data) throw new Error(made.error.detail ?? made.error.title);
  const moved = await api.PUT('/api/v1/leads/{id}/status', {
    params: { path: { id: made.data.id } },
    body: { status: 'Closed win', position: 0 },
  });
  if (!moved.data) throw new Error(moved.error.detail ?? moved.error.title);
  const board = await api.GET('/api/v1/leads/board', { params: { query: { limit: 10 } } });
  const column = board.data?.columns.find((one) => one.status === moved.data.status);
  if (!column) throw new Error('the column is not on the board');
  const unknown = await api.GET('/api/v1/leads/{id}', { params: { path: { id: made.data.id.replace(/.$/, '0') } } });
  return { column: column.name, count: column.count, problem: unknown.error?.code ?? 'none' };
}
