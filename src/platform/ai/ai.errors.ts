import { problem } from '../http/problems/problem.js';

/** Every engine of the task failed or is resting; `Retry-After` says when it makes sense to ask again. */
export const AiUnavailable = problem({ code: 'ai-unavailable', status: 503, title: 'No AI engine could answer just now' });

/** Nothing is set up that could answer; waiting does not help, a setting does. */
export const AiNotConfigured = problem({ code: 'ai-not-configured', status: 501, title: 'This needs an AI engine that is not set up' });

/** 502, because an upstream answered and the answer was no good: asking again may help, waiting need not. */
export const AiAnswerUnusable = problem({
  code: 'ai-answer-unusable',
  status: 502,
  title: 'The AI engine gave an answer that cannot be used',
});

/** The organization's budget of the month is spent; local engines go on. */
export const AiBudgetExhausted = problem({ code: 'ai-budget-exhausted', status: 402, title: 'The AI budget of this month is used up' });
