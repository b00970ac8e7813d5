/** Which feature may enter which other feature (through its index.ts). A new edge is a reviewed line; the graph has no cycles. */
export const FEATURE_EDGES: Readonly<Record<string, readonly string[]>> = {
  'ai-usage': ['audit'],
  assistant: ['audit', 'crm', 'organizations'],
  audit: [],
  auth: ['audit', 'organizations'],
  crm: ['audit', 'files', 'organizations'],
  demo: ['auth', 'crm', 'organizations'],
  'dev-mails': [],
  files: ['audit'],
  health: [],
  jobs: ['audit'],
  organizations: ['audit'],
  webhooks: ['audit', 'organizations'],
};
