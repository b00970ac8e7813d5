/** Options as given: `--name value`, or `--name` alone. */
export type CliOptions = ReadonlyMap<string, string | true>;

/** Reads `--name value` and `--name=value`; anything else is an error a person can understand. */
export function parseOptions(argv: readonly string[]): CliOptions {
  const options = new Map<string, string | true>();
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index];
    if (!word.startsWith('--')) throw new Error(`"${word}" is not an option: options begin with --`);
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const value = equals < 0 ? undefined : word.slice(equals + 1);
    const next = argv[index + 1];
    if (value !== undefined) options.set(name, value);
    else if (next !== undefined && !next.startsWith('--')) options.set(name, argv[++index]);
    else options.set(name, true);
  }
  return options;
}

/** The text of an option that must be there. */
export function required(options: CliOptions, name: string): string {
  const value = options.get(name);
  if (typeof value !== 'string') throw new Error(`--${name} is needed`);
  return value;
}
