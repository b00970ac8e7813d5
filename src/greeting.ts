import type { Settings } from './platform/config/settings.js';

/** How to log in to what `npm start` made. */
export interface DemoLogin {
  readonly organization: string;
  readonly email: string;
  readonly password: string;
}

/** What a person sees when the server is up: where it is and how to get in. */
export function greeting(url: string, settings: Settings, demo: DemoLogin | undefined): string {
  const base = url.replace(/\/\/(127\.0\.0\.1|0\.0\.0\.0|\[::1?\])/, '//localhost');
  const rows: [string, string][] = [
    ['API', `${base}/api/v1`],
    ...(settings.apiDocs ? ([['Swagger UI', `${base}/api/docs`]] as [string, string][]) : []),
    ['Health', `${base}/health/ready`],
    ...(settings.smtpUrl ? [] : ([['Mails', `${base}/dev/mails`]] as [string, string][])),
    ['Role', settings.role],
    ...(demo ? ([['Demo login', `${demo.email} / ${demo.password}  (${demo.organization})`]] as [string, string][]) : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return `\nConcord is up\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')}\n\n`;
}
