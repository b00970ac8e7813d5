/** One kind of event: what it means, which facts it carries, and how it looks. */
export interface EventType {
  /** The action of the audit trail it is made from. */
  readonly type: string;
  readonly description: string;
  /** Names of the facts that are sent, of all that the trail holds. Contact data and free text stay behind: the id leads to them. */
  readonly facts: readonly string[];
  /** `data` of one such event. */
  readonly example: Readonly<Record<string, unknown>>;
  /** `previous` of it, where there is something before. */
  readonly previous?: Readonly<Record<string, unknown>>;
}

/** `lead` of `lead.created`. */
export function resourceOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}

export interface EventDeclaration {
  readonly description: string;
  readonly example?: Readonly<Record<string, unknown>>;
  readonly previous?: Readonly<Record<string, unknown>>;
}

/** Declares the events of one resource, which all carry the same facts. */
export function eventsOf(resource: string, facts: readonly string[], events: Readonly<Record<string, EventDeclaration>>): EventType[] {
  return Object.entries(events).map(([verb, { description, example = {}, previous }]) => ({
    type: `${resource}.${verb}`,
    description,
    facts,
    example,
    ...(previous ? { previous } : {}),
  }));
}
