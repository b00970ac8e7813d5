import * as path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PERMISSIONS, ROLE_PERMISSIONS, SYSTEM_ROLES } from '../../src/platform/access/permissions.js';
import { declaredProblems } from '../../src/platform/http/problems/problem.js';
import { doubleCodes, roleFaults, unusedPermissions } from './declarations.js';
import { isSpec, parseFile, projectFiles } from './source-files.js';

const source = projectFiles('src').filter((file) => !isSpec(file));
const plant = (text: string) => [parseFile('src/features/crm/x.controller.ts', text)];

describe('problems', () => {
  it('have codes that are used once', async () => {
    expect(doubleCodes(source)).toEqual([]);
    const declaring = source.filter(({ path: file }) => /\.errors\.ts$|problems\/core-problems\.ts$/.test(file));
    for (const file of declaring) await import(path.resolve(file.path));
    const codes = declaredProblems().map(({ definition }) => definition.code);
    expect(codes.length).toBeGreaterThan(15);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('are declared where they are found: in .errors.ts', () => {
    const elsewhere = source.filter(
      ({ path: file, text }) => /\bproblem\(\{/.test(text) && !/\.errors\.ts$|problems\/(core-problems|problem)\.ts$/.test(file),
    );
    expect(elsewhere.map((file) => file.path)).toEqual([]);
  });

  it('would be caught with a code twice, or with one in another spelling', () => {
    expect(doubleCodes(plant(`problem({ code: 'gone', status: 1 }); problem({ code: 'gone', status: 2 });`))).toEqual(['gone']);
    expect(doubleCodes(plant(`problem({ code: 'LeadGone' });`))).toEqual(['LeadGone']);
  });
});

describe('permissions', () => {
  it('each open a route', () => {
    expect(unusedPermissions(PERMISSIONS, source)).toEqual([]);
    const routes = plant(`@Endpoint({ returns: [200], access: 'leads:read' }) a() {}`);
    expect(unusedPermissions(['leads:read', 'leads:create'], routes)).toEqual(['leads:create']);
    expect(unusedPermissions(['jobs:read'], plant(`return permissions.has('jobs:read');`))).toEqual([]);
  });

  it('are given to roles by name, each once', () => {
    expect(roleFaults(SYSTEM_ROLES, ROLE_PERMISSIONS, PERMISSIONS)).toEqual([]);
    expect(roleFaults(['owner', 'guest'], { owner: ['a', 'a', 'x'], ghost: [] }, ['a'])).toEqual([
      'guest has no line',
      'ghost is no role',
      'owner: a',
      'owner: x',
    ]);
  });
});
