import { Int, Text } from '../../platform/http/shapes/fields.js';

export const PAGE_SIZE = 20;

export class PageQuery {
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.' })
  cursor?: string;

  @Int({ min: 1, max: 100, default: PAGE_SIZE, optional: true, description: 'How many at most.', example: PAGE_SIZE })
  limit?: number;
}
