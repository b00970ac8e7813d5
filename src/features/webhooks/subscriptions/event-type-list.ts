import { EVENT_TYPES } from '../events/event-catalogue.js';
import { exampleMessageOf } from '../events/event-message.js';
import type { EventTypeList } from './webhooks.shapes.js';

const EXAMPLE_AT = '2026-11-21T09:30:00.000Z';

/** The catalogue as it is answered. */
export function eventTypeList(organizationId: string): EventTypeList {
  return {
    items: EVENT_TYPES.map((one) => ({
      type: one.type,
      description: one.description,
      facts: [...one.facts],
      example: { ...exampleMessageOf(one, organizationId, EXAMPLE_AT) },
    })),
  };
}
