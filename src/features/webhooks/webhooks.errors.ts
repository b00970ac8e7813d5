import { problem } from '../../platform/http/problems/problem.js';

export const WebhookNotFound = problem({ code: 'webhook-not-found', status: 404, title: 'There is no such webhook' });
export const WebhookUrlRefused = problem({ code: 'webhook-url-refused', status: 422, title: 'This address is not called' });
export const WebhookUrlTaken = problem({
  code: 'webhook-url-taken',
  status: 409,
  title: 'There is a webhook with this URL already',
  constraint: 'webhooks_one_url',
  pointer: '/url',
});
export const WebhookLimitReached = problem({ code: 'webhook-limit-reached', status: 409, title: 'There are too many webhooks already' });
export const WebhookInactive = problem({ code: 'webhook-inactive', status: 409, title: 'The webhook is switched off' });
export const DeliveryNotFound = problem({ code: 'delivery-not-found', status: 404, title: 'There is no such delivery' });
export const TestNotReplayed = problem({ code: 'test-not-replayed', status: 409, title: 'A test message is not sent again' });
export const ReplayRangeUnclear = problem({ code: 'replay-range-unclear', status: 422, title: 'Say from where to send again' });
