import { ACCESS_EVENTS } from './access-events.js';
import { CRM_EVENTS } from './crm-events.js';
import { RECORD_EVENTS } from './record-events.js';
import { type EventType, resourceOf } from './event-type.js';

/** Every event that is sent, in the order of their names. The list is closed: an action that is not here is not sent. */
export const EVENT_TYPES: readonly EventType[] = [...CRM_EVENTS, ...RECORD_EVENTS, ...ACCESS_EVENTS].sort((a, b) =>
  a.type < b.type ? -1 : 1,
);

const byType: ReadonlyMap<string, EventType> = new Map(EVENT_TYPES.map((one) => [one.type, one]));

/** What a subscription may name: one event, all of a kind as `lead.*`, or `*`. */
export const EVENT_PATTERNS: readonly string[] = [
  '*',
  ...new Set(EVENT_TYPES.map(({ type }) => `${resourceOf(type)}.*`)),
  ...EVENT_TYPES.map(({ type }) => type),
];

/** Actions of the audit trail that are never sent, each with the reason; one that ends in `.*` stands for all of its kind. */
export const PRIVATE_ACTIONS: Readonly<Record<string, string>> = {
  'access.denied': 'an attempt changed nothing, and a stranger could cause any number of them',
  'ai.*': 'each single call changed nothing; what the limits say of them all is sent as ai-budget',
  'audit.*': 'looking at the trail is recorded for those who may look at it',
  'change.undone': 'what the assistant changes back is sent as the changes it makes',
  'conversation.*': 'belongs to a person and not to the organization',
  'file.downloaded': 'reading changes nothing',
  'file.swept': 'takes away the rest of an upload that never became a file',
  'lead-import.report-exported': 'reading changes nothing',
  'organization.created': 'comes before anybody could subscribe',
  'plan.*': 'what the assistant carries out is sent as the changes it makes',
  'session.*': 'belongs to a person and not to the organization',
  'user.*': 'belongs to a person and not to the organization',
};

/** The declared event of an audit action; undefined when it is not sent. */
export function eventTypeOf(action: string): EventType | undefined {
  return byType.get(action);
}

/** Whether a subscription to these patterns gets an event of this type. */
export function isSubscribed(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === type || pattern === `${resourceOf(type)}.*`);
}

/** Whether an action is agreed on as never sent. */
export function isPrivate(action: string): boolean {
  return action in PRIVATE_ACTIONS || `${resourceOf(action)}.*` in PRIVATE_ACTIONS;
}
