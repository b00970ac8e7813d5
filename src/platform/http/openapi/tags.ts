import type { DeclaredRoute } from '../route-check.js';

interface Tag {
  readonly name: string;
  readonly description: string;
  readonly prefixes: readonly string[];
}

const ALL: readonly Tag[] = [
  { name: 'auth', description: 'Accounts, logins, sessions.', prefixes: ['/auth', '/.well-known'] },
  { name: 'api-keys', description: 'Keys for programs.', prefixes: ['/api-keys'] },
  {
    name: 'organizations',
    description: 'Organizations, their members, roles and invitations.',
    prefixes: ['/organization', '/members', '/roles', '/permissions', '/access', '/invitations'],
  },
  { name: 'leads', description: 'The lead board: leads, their order, bulk changes and search.', prefixes: ['/leads', '/pipelines'] },
  {
    name: 'activities',
    description: 'Notes, tasks, calls, meetings, e-mails and files of leads.',
    prefixes: ['/notes', '/tasks', '/activities', '/attachments'],
  },
  { name: 'companies', description: 'Companies, and the leads and contacts they have.', prefixes: ['/companies'] },
  { name: 'contacts', description: 'People, their companies and leads.', prefixes: ['/contacts'] },
  { name: 'custom-fields', description: 'What custom fields leads, companies and contacts have.', prefixes: ['/crm/custom-fields'] },
  { name: 'analytics', description: 'Reports on how leads go through a pipeline.', prefixes: ['/crm/analytics'] },
  { name: 'lead-imports', description: 'CSV in and out, duplicates found on the way.', prefixes: ['/lead-imports', '/lead-exports'] },
  {
    name: 'lead-duplicates',
    description: 'Scans for duplicates, groups to review, merges and undoing them.',
    prefixes: ['/lead-duplicate-scans', '/lead-duplicate-clusters', '/lead-merges'],
  },
  { name: 'lead-scoring', description: 'How likely each lead is won, and why.', prefixes: ['/lead-scores', '/crm/scoring'] },
  { name: 'crm-settings', description: 'How the CRM of an organization behaves.', prefixes: ['/crm/settings'] },
  { name: 'files', description: 'Upload, download, delete.', prefixes: ['/files'] },
  { name: 'jobs', description: 'Work in the background: progress, cancel, redrive.', prefixes: ['/jobs'] },
  { name: 'webhooks', description: 'Events sent to addresses of yours, and the log of that.', prefixes: ['/webhooks'] },
  {
    name: 'assistant',
    description: 'A conversation in which leads are found and changed.',
    prefixes: ['/conversations', '/chat', '/assistant'],
  },
  { name: 'ai', description: 'What is used of AI, and what may be spent on it.', prefixes: ['/ai'] },
  { name: 'audit', description: 'Who did what, when; provably unchanged.', prefixes: ['/audit'] },
  { name: 'health', description: 'Probes and metrics.', prefixes: ['/health', '/metrics'] },
  { name: 'development', description: 'Only with the embedded servers.', prefixes: ['/dev'] },
];

/** The tags of the document. */
export const TAGS = ALL.map(({ name, description }) => ({ name, description }));

/** The tag of a route, by the longest prefix of its path. */
export function tagOf(route: DeclaredRoute): string {
  const matches = ALL.flatMap((tag) =>
    tag.prefixes.filter((prefix) => route.path.startsWith(prefix)).map((prefix) => ({ name: tag.name, length: prefix.length })),
  );
  const best = matches.sort((a, b) => b.length - a.length)[0];
  if (!best) throw new Error(`no tag for ${route.path}: add its prefix to openapi/tags.ts`);
  return best.name;
}
