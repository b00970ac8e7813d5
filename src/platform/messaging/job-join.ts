/**
 * SQL that joins the job a row of a feature names, as `j` with `id`, `state` and `error`: for rows whose own state follows from it, since a
 * job may be cancelled before its handler is ever called, or be given up when no code of the feature runs. Finished jobs are removed after
 * a while; then `j.id` is null. Both arguments are SQL expressions of the source, never input.
 */
export function jobJoin(organizationId: string, jobId: string): string {
  return `left join lateral (select s.id, s.state, s.error from jobs s where s.organization_id = ${organizationId} and s.id = ${jobId}) j on true`;
}
