import { didYouMean } from '../shared/did-you-mean.js';
import { parseOptions } from './cli-options.js';
import { COMMANDS } from './commands.js';

/** Runs one command of `npm run cli --`; gives the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) {
    const near =
      name === undefined
        ? undefined
        : didYouMean(
            name,
            COMMANDS.map((one) => one.name),
          );
    const isHelp = name === undefined || name === 'help' || name === '--help';
    const lines = COMMANDS.map((one) => `  ${`${one.name} ${one.usage}`.trim().padEnd(46)} ${one.summary}`);
    const opening = isHelp ? '' : `There is no command "${name}".${near ? ` Did you mean "${near}"?` : ''}\n\n`;
    process.stdout.write(`${opening}npm run cli -- <command>\n\n${lines.join('\n')}\n`);
    return isHelp ? 0 : 2;
  }
  try {
    return await command.run(parseOptions(rest));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
