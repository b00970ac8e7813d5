export interface CallSite {
  place: string;
  function: string;
}

const FRAME = /^\s*at (?:(?:async )?(.+?) \()?(?:file:\/\/)?([^()]+?):(\d+):\d+\)?$/;
const FOREIGN = /^node:|[/\\]node_modules[/\\]|[/\\]platform[/\\]telemetry[/\\](?!.*\.spec\.)/;
const UNKNOWN: CallSite = { place: '-', function: '-' };

/**
 * The first frame of a stack that is neither Node, nor a package, nor this folder. An arrow function has no name of its own,
 * so the nearest named frame of the same file stands for it.
 */
export function callSiteOf(stack: string): CallSite {
  let found: { file: string; line: string } | undefined;
  for (const text of stack.split('\n').slice(1)) {
    const [, name, file = '', line = ''] = FRAME.exec(text) ?? [];
    if (!file || FOREIGN.test(file)) continue;
    found ??= { file, line };
    if (file === found.file && name) return { place: placeOf(found), function: name.replace(/^new /, '') };
  }
  return found ? { place: placeOf(found), function: '-' } : UNKNOWN;
}

function placeOf({ file, line }: { file: string; line: string }): string {
  return `${file.replace(/^.*[/\\]/, '')}:${line}`;
}

/** Where the running log call was written; costs a stack, so only the text format asks. */
export function callSite(): CallSite {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 25;
  const { stack } = new Error();
  Error.stackTraceLimit = limit;
  return stack ? callSiteOf(stack) : UNKNOWN;
}
