/** What is wrong with one variable; never holds the value, which may be a secret. */
export interface SettingFault {
  env: string;
  problem: string;
  didYouMean?: string;
}

/** Every fault of the environment at once. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly SettingFault[]) {
    const lines = faults.map(({ env, problem, didYouMean }) => `  ${env}: ${problem}${didYouMean ? `; did you mean ${didYouMean}?` : ''}`);
    super(
      `Concord cannot start, ${faults.length === 1 ? 'one setting needs' : `${faults.length} settings need`} attention:\n${lines.join('\n')}`,
    );
    this.name = 'SettingsError';
  }
}
