import { schedule } from '../../../platform/messaging/definitions.js';

/** Calls whose process died while they ran. */
export const SettleAbandonedCalls = schedule({ name: 'ai-usage.settle-abandoned', every: 900, timeoutMs: 120_000 });

/** Single calls of more than thirteen months ago. */
export const ForgetOldCalls = schedule({ name: 'ai-usage.forget-old-calls', every: 86_400, timeoutMs: 600_000 });
