import { withOurInstants } from './instant-text.js';

/**
 * An answer whose JSON text was made by PostgreSQL and is passed through. Made from `sqlSelectList`, so it holds exactly the declared
 * fields; the e2e harness checks every such answer against its shape.
 */
export class JsonText {
  readonly text: string;

  constructor(
    text: string,
    readonly facts: { readonly version?: number; readonly id?: string; readonly nextCursor?: string | null } = {},
  ) {
    this.text = withOurInstants(text);
  }
}

/** The text of a page made of the JSON text of its items. */
export function jsonPage(itemsText: string, nextCursor: string | null): JsonText {
  return new JsonText(`{"items":${itemsText},"nextCursor":${nextCursor === null ? 'null' : `"${nextCursor}"`}}`, { nextCursor });
}
