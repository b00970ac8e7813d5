import { describe, expect, it } from '@jest/globals';
import { isSpec, parseFile, projectFiles, type SourceFile } from './source-files.js';

const source = projectFiles('src').filter((file) => !isSpec(file));

/** Files that make an instruction out of a text without a prompt file. */
function forgers(files: readonly SourceFile[]): string[] {
  const allowed = new Set(['src/platform/ai/marked-text.ts', 'src/platform/ai/prompts/prompt.ts']);
  return files.filter(({ path, text }) => !allowed.has(path) && /\bofPrompt\b/.test(text)).map(({ path }) => path);
}

/** Prompts declared anywhere but in a prompt file, where nobody would look for a changed text. */
function strayPrompts(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => /\bprompt\(\{/.test(text) && !/\.prompt\.ts$|\/prompts\/prompt\.ts$/.test(path))
    .map(({ path }) => path);
}

/** Prompts with something put into their text: a prompt is the same for everybody. */
function filledPrompts(files: readonly SourceFile[]): string[] {
  return files.filter(({ path, text }) => path.endsWith('.prompt.ts') && /\$\{(?![A-Z_]+\})/.test(text)).map(({ path }) => path);
}

/** Files outside the gateway that talk to a vendor on their own, past budget, metering and fence. */
function vendorImports(files: readonly SourceFile[]): string[] {
  const vendor = /from '(ai|@ai-sdk\/[a-z]+|voyage-ai-provider|assemblyai|openai)'/;
  return files.filter(({ path, text }) => vendor.test(text) && !path.startsWith('src/platform/ai/engines/')).map(({ path }) => path);
}

describe('the ways to a model', () => {
  it('have one place where an instruction is made', () => {
    expect(forgers(source)).toEqual([]);
    expect(forgers([parseFile('src/features/crm/x.ts', 'TrustedText.ofPrompt(lead.notes)')])).toEqual(['src/features/crm/x.ts']);
  });

  it('have prompts in prompt files, and nothing of anybody in them', () => {
    expect(strayPrompts(source)).toEqual([]);
    expect(strayPrompts([parseFile('src/features/crm/x.ts', `const X = prompt({ name: 'a.b' });`)])).toHaveLength(1);
    expect(filledPrompts(source)).toEqual([]);
    expect(filledPrompts([parseFile('src/features/crm/x.prompt.ts', 'prompt({ system: `Hello ${user.name}` })')])).toHaveLength(1);
    expect(filledPrompts([parseFile('src/features/crm/x.prompt.ts', 'prompt({ system: `Hello ${RULES}` })')])).toHaveLength(0);
  });

  it('all go through the gateway', () => {
    expect(vendorImports(source)).toEqual([]);
    expect(vendorImports([parseFile('src/features/crm/x.ts', `import { generateText } from 'ai';`)])).toHaveLength(1);
  });
});
