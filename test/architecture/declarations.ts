import type { SourceFile } from './source-files.js';

/** Values of `access` in every `@Endpoint` of the files. */
export function accessOfEndpoints(files: readonly SourceFile[]): Set<string> {
  const found = files.flatMap(({ text }) => [...text.matchAll(/@Endpoint\(\{[^}]*?\baccess:\s*'([^']+)'/g)].map((match) => match[1] ?? ''));
  return new Set(found);
}

/** Permissions that open nothing: no route, and no more of what a route shows. */
export function unusedPermissions(permissions: readonly string[], files: readonly SourceFile[]): string[] {
  const asked = files.flatMap(({ text }) => [...text.matchAll(/\bpermissions\.has\('([^']+)'\)/g)].map((match) => match[1] ?? ''));
  const used = new Set([...accessOfEndpoints(files), ...asked]);
  return permissions.filter((permission) => !used.has(permission));
}

/** Lines of the table of roles that name no permission, a permission twice, or a role nobody has. */
export function roleFaults(
  roles: readonly string[],
  table: Readonly<Record<string, readonly string[]>>,
  permissions: readonly string[],
): string[] {
  const known = new Set(permissions);
  return [
    ...roles.filter((role) => !table[role]).map((role) => `${role} has no line`),
    ...Object.keys(table)
      .filter((role) => !roles.includes(role))
      .map((role) => `${role} is no role`),
    ...Object.entries(table).flatMap(([role, list]) =>
      list.filter((name, at) => !known.has(name) || list.indexOf(name) !== at).map((name) => `${role}: ${name}`),
    ),
  ];
}

/** Problem codes declared by more than one file; a code is for ever. */
export function doubleCodes(files: readonly SourceFile[]): string[] {
  const codes = files.flatMap(({ text }) => [...text.matchAll(/\bproblem\(\{\s*code:\s*'([^']+)'/g)].map((match) => match[1] ?? ''));
  return codes.filter((code, at) => codes.indexOf(code) !== at || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(code));
}
