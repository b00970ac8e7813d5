import { TASKS } from '../../platform/ai/ai-types.js';
import { pageOf } from '../../platform/http/shapes/builders.js';
import { Bool, Id, Instant, Int, ListOfShape, MoneyField, Nested, OneOf, Text } from '../../platform/http/shapes/fields.js';

const MONTH = { max: 7, min: 7, pattern: /^\d{4}-(0[1-9]|1[0-2])$/, example: '2026-11' } as const;
const MICROS = { max: 20, pattern: /^\d+$/, example: '125000' } as const;
const MICRO_NOTE = 'in millionths of a US dollar, exact, as text.';

export const BUDGET_STATES = ['within', 'soft-limit-passed', 'exhausted'] as const;
export const CALL_STATES = ['running', 'succeeded', 'failed', 'cancelled', 'refused', 'abandoned'] as const;

export class AiBudgetView {
  @MoneyField({
    description: 'From here on answers and reports are marked; nothing stops. US dollars.',
    example: { amountMinor: '8000', currency: 'USD' },
  })
  softLimit: { amountMinor: string; currency: string };
  @MoneyField({
    description: 'Calls that could take the month past it are refused; local engines go on. US dollars.',
    example: { amountMinor: '10000', currency: 'USD' },
  })
  hardLimit: { amountMinor: string; currency: string };
  @MoneyField({
    description: 'The most that the operator lets any organization choose.',
    example: { amountMinor: '10000', currency: 'USD' },
  })
  ceiling: { amountMinor: string; currency: string };
  @Bool({ description: 'Nobody has chosen limits yet.', example: true }) isDefault: boolean;
  @Text({ ...MONTH, description: 'The current month, in UTC.' }) month: string;
  @Text({ ...MICROS, description: `Spent this month, ${MICRO_NOTE}` }) spentMicros: string;
  @Text({ ...MICROS, description: `Set aside for calls that are running, ${MICRO_NOTE}` }) reservedMicros: string;
  @OneOf(BUDGET_STATES, { example: 'within' }) state: (typeof BUDGET_STATES)[number];
  @Instant({ nullable: true }) updatedAt: string | null;
  @Int({ min: 0, description: '0 until somebody chooses limits.', example: 1 }) version: number;
}

export class SetAiBudget {
  @MoneyField({
    min: 0n,
    description: 'US dollars a month; 0 stops everything that costs money.',
    example: { amountMinor: '5000', currency: 'USD' },
  })
  hardLimit: { amountMinor: string; currency: string };
  @MoneyField({
    min: 0n,
    optional: true,
    description: 'US dollars a month; 80 % of the hard limit when not said.',
    example: { amountMinor: '4000', currency: 'USD' },
  })
  softLimit?: { amountMinor: string; currency: string };
}

export class AiUsageQuery {
  @Text({ ...MONTH, optional: true, description: 'First month; the current one when not said.' }) from?: string;
  @Text({ ...MONTH, optional: true, description: 'Last month, at most 24 from the first; the current one when not said.' }) to?: string;
}

class Counts {
  @Int({ min: 0, example: 412 }) calls: number;
  @Int({ min: 0, description: 'Calls without an answer.', example: 3 }) failed: number;
  @Int({ min: 0, description: 'Calls answered by another engine than the first.', example: 1 }) fallbacks: number;
  @Int({ min: 0, description: 'Tokens read.', example: 182_000 }) tokensIn: number;
  @Int({ min: 0, description: 'Tokens written.', example: 23_000 }) tokensOut: number;
  @Int({ min: 0, description: 'Milliseconds of audio written down.', example: 0 }) audioMs: number;
  @Text({ ...MICROS, description: `Estimated cost ${MICRO_NOTE}` }) costMicros: string;
}

export class AiUsageTotals extends Counts {}

export class AiUsageLine extends Counts {
  @Text(MONTH) month: string;
  @Text({ max: 100, description: 'The part of the product that asked.', example: 'assistant' }) feature: string;
  @OneOf(TASKS, { example: 'converse' }) task: (typeof TASKS)[number];
  @Text({ max: 40, example: 'openai' }) engine: string;
  @Text({ max: 200, example: 'gpt-4.1-mini' }) model: string;
  @Int({ min: 0, description: 'Mean time of a call in milliseconds.', example: 840 }) meanMs: number;
}

export class AiUsageReport {
  @Text(MONTH) from: string;
  @Text(MONTH) to: string;
  @ListOfShape(() => AiUsageLine, { description: 'By month, feature, task, engine and model; the newest month first.' })
  items: AiUsageLine[];
  @Nested(() => AiUsageTotals, { description: 'Sums of all lines.' }) totals: AiUsageTotals;
  @Nested(() => AiBudgetView) budget: AiBudgetView;
}

export class AiCallsQuery {
  @OneOf(CALL_STATES, { optional: true, description: 'Only calls in this state.', example: 'failed' })
  status?: (typeof CALL_STATES)[number];
  @Text({ max: 1000, optional: true, description: '`nextCursor` of the page before.', example: 'AbC' }) cursor?: string;
  @Int({ min: 1, max: 200, default: 50, optional: true, description: 'At most so many; 50 when not said.', example: 50 }) limit?: number;
}

export class AiCallView {
  @Id() id: string;
  @Text({ max: 100, example: 'assistant' }) feature: string;
  @OneOf(TASKS, { example: 'converse' }) task: (typeof TASKS)[number];
  @OneOf(CALL_STATES, { example: 'succeeded' }) status: (typeof CALL_STATES)[number];
  @Text({ max: 40, nullable: true, example: 'openai' }) engine: string | null;
  @Text({ max: 200, nullable: true, example: 'gpt-4.1-mini' }) model: string | null;
  @Text({ max: 200, nullable: true, example: 'assistant.turn' }) prompt: string | null;
  @Int({ min: 1, nullable: true, example: 1 }) promptVersion: number | null;
  @Int({ min: 0, example: 930 }) tokensIn: number;
  @Int({ min: 0, example: 88 }) tokensOut: number;
  @Int({ min: 0, example: 0 }) audioMs: number;
  @Text({ ...MICROS, description: `Estimated cost ${MICRO_NOTE}` }) costMicros: string;
  @Text({ max: 40, nullable: true, description: 'The price table it was computed with.', example: '2026-11-21' }) prices: string | null;
  @Bool({ description: 'The engine did not count; the amounts are estimates.', example: false }) isEstimated: boolean;
  @Bool({ description: 'Another engine should have answered.', example: false }) isFallback: boolean;
  @Int({ min: 0, description: 'Requests sent to engines, retries included.', example: 1 }) attempts: number;
  @Int({ min: 0, example: 812 }) durationMs: number;
  @Id({ nullable: true, description: 'The person behind it; null for the system.' }) userId: string | null;
  @Text({ max: 200, example: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d' }) requestId: string;
  @Instant() startedAt: string;
  @Instant({ nullable: true }) finishedAt: string | null;
}

export const AiCallPage = pageOf(AiCallView);
