import { Email, Text } from '../../../platform/http/shapes/fields.js';

/** What a mail gave: the token of its link, or its code together with the address. */
export class ProofShape {
  @Text({
    max: 100,
    min: 20,
    optional: true,
    description: 'The token of the link in the mail.',
    example: 'q8Zb3v0xkTq2mJ1n5rY7wE9uI4oP6aS8dF0gH2jK1lM',
  })
  token?: string;

  @Email({ optional: true, description: 'Together with `code`, instead of `token`.' })
  email?: string;

  @Text({
    max: 6,
    min: 6,
    pattern: /^\d{6}$/,
    expected: 'six digits',
    optional: true,
    description: 'The six digits of the mail; five wrong ones end it.',
    example: '492716',
  })
  code?: string;
}
