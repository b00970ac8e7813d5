/** The organization of the running transaction; an error when none was set, so that a forgotten scope never reads as "empty". */
export const CURRENT_ORGANIZATION = `(select current_setting('app.organization_id')::uuid)`;

/** The person behind the running transaction. */
export const CURRENT_ACTOR = `(select current_setting('app.actor_id')::uuid)`;

type Grant = 'select' | 'insert' | 'update' | 'delete';

/**
 * Puts a table under tenancy: forced row-level security, one policy by organization for whoever serves, one that lets the system role see
 * all, and the grants named. Call it once per tenant table, right after `create table`.
 */
export function tenantTable(table: string, grants: readonly Grant[] = ['select', 'insert', 'update', 'delete']): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} using (organization_id = ${CURRENT_ORGANIZATION}) with check (organization_id = ${CURRENT_ORGANIZATION});
    create policy system on ${table} to concord_system using (true) with check (true);
    grant ${grants.join(', ')} on ${table} to concord_app;
    grant select, insert, update, delete on ${table} to concord_system;`;
}

/** A table of identity or of the platform that belongs to no organization. */
export function globalTable(table: string, grants: readonly Grant[] = ['select', 'insert', 'update', 'delete']): string {
  return `
    grant ${grants.join(', ')} on ${table} to concord_app;
    grant select, insert, update, delete on ${table} to concord_system;`;
}
