import * as fs from 'node:fs';

/** Writes a generated file, or with `check` says whether the one that is there is current. Gives the exit code. */
export function writeOrCheck(file: string, text: string, check: boolean): number {
  if (!check) {
    fs.mkdirSync(file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.', { recursive: true });
    fs.writeFileSync(file, text);
    process.stdout.write(`${file} written\n`);
    return 0;
  }
  const current = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  if (current === text) return 0;
  process.stderr.write(`${file} is not what the code says: run "npm run generate" and commit it\n`);
  return 1;
}
