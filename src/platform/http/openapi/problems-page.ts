import { declaredProblems } from '../problems/problem.js';

/** `docs/problems.md`: every code a caller can meet, from the declarations. */
export function problemsPage(): string {
  const rows = declaredProblems()
    .map(({ definition }) => definition)
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, status, title }) => `| \`${code}\` | ${status} | ${title} |`);
  return `# Problems\n\nEvery failure is answered as \`application/problem+json\` (RFC 9457). \`code\` is stable and never used for anything else.\nThis page is generated from the declarations: \`npm run generate\`.\n\n| code | status | title |\n|---|---|---|\n${rows.join('\n')}\n`;
}
