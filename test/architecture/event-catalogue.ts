import type { SourceFile } from './source-files.js';

/** An action of the audit trail: a thing, and what happened to it in the past tense. */
const ACTION =
  /^'?([a-z][a-z-]{1,}\.(?:[a-z]+-)*?(?:[a-z]+ed|[a-z]+(?:idden|itten|osen)|left|gave|made|done|undone|swept|(?:re)?sent|(?:re)?driven|put|read|lost|won|set|kept|held|given|taken)(?:-[a-z]+)*)'?$/;
/** An action whose end is put in when it happens, as `lead-import.${state}`. */
const OPEN_ACTION = /^'?([a-z][a-z-]{1,})\.\$\{\}'?$/;
/** Kinds of records that share their statements, so that an action begins with what is put in: `${resource}.deleted`. */
const SHARED_ACTION = /^'?\$\{\}\.([a-z-]+)?'?/;
const SHARING = /\btable: '[a-z_]+',[^{}]*\bresource: '([a-z-]+)'/g;
const NAMES = /\bname: '([a-z][a-z0-9.-]+)'/g;

/** Actions the source of the features writes to the audit trail; one with an open end as `thing.*`. Names of jobs and events are none. */
export function auditActions(files: readonly SourceFile[]): string[] {
  const features = files.filter(({ path }) => /^src\/features\/(?!webhooks\/events\/)/.test(path));
  const names = new Set(features.flatMap(({ text }) => [...text.matchAll(NAMES)].map((match) => match[1])));
  const found = features.flatMap(({ literals, text: source }) =>
    literals.flatMap((text) => {
      const kind = /\b(record|auditCte)\(/.test(source) ? OPEN_ACTION.exec(text)?.[1] : undefined;
      return ACTION.exec(text)?.[1] ?? (kind === undefined ? [] : `${kind}.*`);
    }),
  );
  const sharing = features.flatMap(({ text }) => [...text.matchAll(SHARING)].map((match) => match[1]));
  const shared = features.flatMap(({ text, literals }) =>
    /\baction: /.test(text) ? literals.flatMap((one) => (SHARED_ACTION.test(one) ? [SHARED_ACTION.exec(one)?.[1] ?? '*'] : [])) : [],
  );
  for (const resource of sharing) found.push(...shared.map((verb) => `${resource}.${verb}`));
  return [...new Set(found)].filter((action) => !names.has(action)).sort();
}

/** Actions nobody decided about: neither sent nor agreed on as private. An open end needs at least one of its kind. */
export function undecidedActions(actions: readonly string[], sent: readonly string[], isPrivate: (action: string) => boolean): string[] {
  return actions.filter((action) => {
    const kind = action.endsWith('.*') ? action.slice(0, -1) : undefined;
    return !isPrivate(action) && !sent.some((type) => type === action || (kind !== undefined && type.startsWith(kind)));
  });
}

/** Declared events that nothing in the source causes. */
export function causelessEvents(sent: readonly string[], actions: readonly string[]): string[] {
  return sent.filter(
    (type) => !actions.some((action) => action === type || (action.endsWith('.*') && type.startsWith(action.slice(0, -1)))),
  );
}
