import type { DeclaredSetting } from './setting.js';
import { declaredSettings, SETTING_GROUPS } from './setting.js';
import { Settings } from './settings.js';

const HEAD = `# Settings of Concord, generated from src/platform/config. A commented line shows the default or an example.
# Nothing is needed to try it: everything has a default, and database and S3 are embedded until you give their addresses.
`;

function expectation(setting: DeclaredSetting): string {
  const parts: string[] = [];
  if (setting.options) parts.push(`One of ${setting.options.join(', ')}.`);
  if (setting.kind === 'bool') parts.push('true or false.');
  if (setting.kind === 'list') parts.push('Separated by commas.');
  if (setting.kind === 'duration-seconds') parts.push('Seconds, or such as 15m, 12h, 7d.');
  if (setting.derived) parts.push(`Default: ${setting.derived}.`);
  if (setting.default !== undefined && setting.example) parts.push(`Default: ${setting.default}.`);
  return parts.join(' ');
}

function entry(setting: DeclaredSetting): string {
  const about = [setting.doc, expectation(setting)].filter(Boolean).join(' ');
  return `# ${about}\n#${setting.env}=${setting.example ?? setting.default ?? ''}\n`;
}

/** The text of `.env.example`: every variable, grouped and documented. */
export function envExample(): string {
  const declared = declaredSettings(Settings);
  const sections = SETTING_GROUPS.map((group) => {
    const entries = declared.filter((setting) => setting.group === group).map(entry);
    return `## ${group}\n\n${entries.join('\n')}`;
  });
  return [HEAD, ...sections].join('\n');
}
