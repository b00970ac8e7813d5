import { Id, Int, ListOf, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import {
  CreateTask,
  type Grouping,
  GROUPINGS,
  LEAD_SORTS,
  LeadSelection,
  type LeadSort,
  MoveLead,
  UpdateLead,
  WriteNote,
} from '../../crm/index.js';

/** Most leads one plan may touch, as many as the bulk route takes. */
export const MOST_PLANNED = 1_000;

const VERSION = {
  min: 1,
  optional: true,
  description: 'Version you read; when it is another one by now, nothing is done.',
  example: 3,
} as const;

export class GetLead {
  @Id() leadId: string;
}

export class ListLeads extends LeadSelection {
  @OneOf(LEAD_SORTS.filter((sort) => sort !== 'position'), {
    optional: true,
    description: 'Order, "-" for falling; `-created` when left out.',
  })
  sort?: LeadSort;
  @Int({ min: 1, max: 100, optional: true, default: 10, description: 'How many at most.', example: 10 }) limit?: number;
}

export class CountLeads extends LeadSelection {
  @OneOf(GROUPINGS, { optional: true, description: 'One count for each of these.' }) groupBy?: Grouping;
}

export class UpdateLeadStatus extends MoveLead {
  @Id() leadId: string;
  @Int(VERSION) version?: number;
}

const TAGS = { max: 50, maxLength: 60, unique: true, optional: true, example: ['priority'] } as const;

export class UpdateLeadField {
  @Id() leadId: string;
  @Nested(() => UpdateLead, { description: 'A merge patch: what is left out stays, null clears.' }) changes: UpdateLead;
  @ListOf('text', { ...TAGS, description: 'Tags to add to those it has.' }) addTags?: string[];
  @ListOf('text', { ...TAGS, description: 'Tags to take away.' }) removeTags?: string[];
  @Int(VERSION) version?: number;
}

export class AddNote extends WriteNote {
  @Id() leadId: string;
}

export class AddTask extends CreateTask {
  @Id() leadId: string;
}

export class DeleteLeads {
  @ListOf('id', { min: 1, max: MOST_PLANNED, unique: true, description: 'The leads to delete.' }) leadIds: string[];
}

export class BulkMove {
  @Nested(() => LeadSelection, { description: 'Which leads.' }) which: LeadSelection;
  @Text({ min: 1, max: 80, description: 'Key or name of a stage.', example: 'Closed win' }) status: string;
}

export class BulkUpdate {
  @Nested(() => LeadSelection, { description: 'Which leads.' }) which: LeadSelection;
  @Nested(() => UpdateLead, { description: 'A merge patch for each of them.' }) changes: UpdateLead;
  @ListOf('text', { ...TAGS, description: 'Tags to add to those each has.' }) addTags?: string[];
  @ListOf('text', { ...TAGS, description: 'Tags to take away.' }) removeTags?: string[];
}

export class UndoChange {
  @Id({ optional: true, description: 'The change; the last one of this conversation when left out.' }) changeId?: string;
}
