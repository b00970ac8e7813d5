/** Examples of what can be said, in the order in which people need them. */
export const EXAMPLES = [
  'create John Smith from Acme, john@acme.example, 5,000 EUR',
  'find jon smiht',
  'set his value to 7.5k',
  'move John Smith to Meeting booked',
  'add a note to John Smith: call back on Monday',
  'remind me to call him tomorrow at 10',
  'list leads in Proposal sent over 10,000 EUR',
  'how many leads per status?',
  'what is the total value of my open leads?',
  'delete John Smith',
  'undo',
] as const;

const STARTERS = 4;

/** What the assistant says of itself. */
export function helpText(): string {
  return [
    'I find, create, change, move and delete leads, add notes and tasks, and count. For example:',
    ...EXAMPLES.map((example) => `- ${example}`),
    'Before I delete something or change many leads, I ask. What I did you can undo for 24 hours.',
  ].join('\n');
}

/** The first things to say when one does not know what. */
export function starters(): readonly string[] {
  return EXAMPLES.slice(0, STARTERS);
}

export const SMALL_TALK = {
  greeting: 'Hello! Tell me what to do with your leads, or say “help”.',
  thanks: 'You are welcome.',
  goodbye: 'Goodbye!',
} as const;
