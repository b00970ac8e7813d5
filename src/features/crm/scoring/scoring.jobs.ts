import { job, schedule } from '../../../platform/messaging/definitions.js';

/** Needs nothing but the organization it runs in. */
export class ScoringPayload {}

const HOUR_MS = 3_600_000;

/** Learns from the closed leads of an organization, then scores its leads. */
export const TrainLeadModel = job({
  name: 'crm.train-lead-model',
  queue: 'imports',
  payload: ScoringPayload,
  attempts: 3,
  timeoutMs: HOUR_MS,
});

/** Scores all leads of an organization; goes on where it was when it is run again. */
export const ScoreLeads = job({ name: 'crm.score-leads', queue: 'imports', payload: ScoringPayload, attempts: 5, timeoutMs: HOUR_MS });

/** Every night: leads grow older, and some were closed. */
export const ScoreEveryNight = schedule({ name: 'crm.score-every-night', every: 86_400, timeoutMs: 600_000 });
