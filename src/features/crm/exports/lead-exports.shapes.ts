import { Bool } from '../../../platform/http/shapes/fields.js';
import { fieldsOf, registerField } from '../../../platform/http/shapes/field.js';
import { ListLeadsQuery } from '../leads/lead-requests.shapes.js';

type LeadFilters = Omit<ListLeadsQuery, 'cursor' | 'limit' | 'sort'>;

/** The filters of the list, without its pages. */
function leadFilters(): new () => LeadFilters {
  const filters = class {};
  const left = new Set(['cursor', 'limit', 'sort']);
  for (const field of fieldsOf(ListLeadsQuery)) if (!left.has(field.name)) registerField(filters, field);
  return filters;
}

export class ExportLeadsQuery extends leadFilters() {
  @Bool({
    optional: true,
    description: 'Begin with a byte order mark, by which spreadsheets know UTF-8. True when left out.',
    example: true,
  })
  bom?: boolean;
}
