import { problem } from '../../../platform/http/problems/problem.js';

export const TooFewClosedLeads = problem({
  code: 'too-few-closed-leads',
  status: 409,
  title: 'There are too few won and lost leads to learn from',
});
export const ScoringModelNotFound = problem({
  code: 'scoring-model-not-found',
  status: 404,
  title: 'Nothing was learned from closed leads yet',
});
