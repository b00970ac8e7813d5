import pg from 'pg';

/** Sets the tenant and the actor for the implicit transaction it shares with the statement that follows. */
export const SCOPE_SETTER = {
  name: 'concord_scope',
  text: `select set_config('app.organization_id', $1, true), set_config('app.actor_id', $2, true)`,
};

// What pg's Query does on the wire; its published types leave these members out.
interface WireConnection {
  bind(config: { statement: string; values: readonly string[] }): void;
  execute(config: object): void;
  parsedStatements: Record<string, string>;
  sync(): void;
}
interface WireQuery {
  prepare(connection: WireConnection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: WireConnection): void;
  handleError(error: Error, connection: WireConnection): void;
}
const BaseQuery = (
  pg as unknown as {
    Query: new (config: object, values: undefined, callback: (error: Error | null, result: pg.QueryResult) => void) => WireQuery;
  }
).Query;

/**
 * One statement under row-level security in one round trip: Bind and Execute of the prepared setter, Bind and Execute of the statement,
 * a single Sync. Both share the implicit transaction that Sync ends, so the setting is gone afterwards and an error undoes both.
 */
class ScopedQuery extends BaseQuery {
  private setting = true;

  constructor(
    private readonly organizationId: string,
    private readonly actorId: string,
    config: object,
    callback: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super(config, undefined, callback);
  }

  requiresPreparation(): boolean {
    return true;
  }

  override prepare(connection: WireConnection): void {
    if (connection.parsedStatements[SCOPE_SETTER.name] === undefined) {
      this.setting = false;
      this.handleError(new Error('the scope setter is not prepared on this connection'), connection);
      connection.sync();
      return;
    }
    connection.bind({ statement: SCOPE_SETTER.name, values: [this.organizationId, this.actorId] });
    connection.execute({});
    super.prepare(connection);
  }

  override handleDataRow(message: unknown): void {
    if (!this.setting) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: WireConnection): void {
    if (this.setting) this.setting = false;
    else super.handleCommandComplete(message, connection);
  }
}

/** Runs one statement for a tenant on a connection that prepared the setter. */
export function runScoped(
  client: pg.Client,
  who: { organizationId: string; actorId: string },
  config: { name: string | undefined; text: string; values: readonly unknown[] },
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const query = new ScopedQuery(who.organizationId, who.actorId, config, (error, result) => (error ? reject(error) : resolve(result)));
    client.query(query as unknown as pg.Submittable);
  });
}
