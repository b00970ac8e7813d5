import { describe, expect, it } from '@jest/globals';
import { NAME_EXCEPTIONS, nameFaults, staleExceptions } from './names.js';
import { projectFiles } from './source-files.js';

const files = projectFiles('src', 'migrations', 'test').filter(({ path }) => !path.startsWith('test/client/generated/'));

describe('file names', () => {
  it('are kebab-case, with the suffixes we know, and say something', () => {
    expect(nameFaults(files, NAME_EXCEPTIONS)).toEqual([]);
  });

  it('have no exception that is not needed', () => {
    expect(staleExceptions(files, NAME_EXCEPTIONS)).toEqual([]);
    expect(staleExceptions([], { 'src/gone.ts': 'it was there' })).toEqual(['src/gone.ts']);
  });

  it.each([
    ['src/features/crm/LeadService.ts', 'no kebab-case'],
    ['src/features/crm/lead_rules.ts', 'no kebab-case'],
    ['src/features/crmParts/lead.ts', 'no kebab-case'],
    ['src/features/crm/lead.dto.ts', '".dto" is no suffix'],
    ['src/features/crm/lead.db.spec.ts', '".db" is no suffix'],
    ['src/features/crm/lead-helper.ts', '"helper" says nothing'],
    ['src/shared/utils/lead.ts', '"utils" says nothing'],
    ['src/features/crm/data.ts', '"data" says nothing'],
    ['src/features/crm/lead.service.entity.ts', 'more than one suffix'],
  ])('refuse %s', (path, fault) => {
    expect(nameFaults([{ path }], {})).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    'src/features/crm/database.ts',
    'src/features/crm/processed-messages.ts',
    'test/crm/leads.db.spec.ts',
    'src/features/crm/lead.shapes.spec.ts',
  ])('take %s', (path) => {
    expect(nameFaults([{ path }], {})).toEqual([]);
  });
});
