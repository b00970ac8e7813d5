import type { Money } from '../../../shared/money.js';
import { Id, Instant, MoneyField, Text } from '../../../platform/http/shapes/fields.js';
import { sqlSelectList } from '../../../platform/http/shapes/schema.js';

/** A lead of a company or a contact. */
export class LinkedLead {
  @Id() id: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Id() pipelineId: string;
  @Text({ max: 80, description: 'Key of the stage the lead stands in.', example: 'meeting-booked' }) status: string;
  @MoneyField({ nullable: true }) value: Money | null;
  @Id({ nullable: true, description: 'Member who looks after the lead.' }) ownerId: string | null;
  @Text({ max: 60, nullable: true, description: 'Role of the contact; null for companies.', example: 'decision maker' }) role:
    string | null;
  @Instant() linkedAt: string;
}

/** The select list over a link `r` and its lead `l`. */
export const linkedLeadList = (role: string): string =>
  sqlSelectList(LinkedLead, {
    id: 'l.id',
    name: 'l.name',
    pipelineId: 'l.pipeline_id',
    status: 'l.status',
    value: `('{"amountMinor":"' || l.value_minor || '","currency":"' || l.value_currency || '"}')::json`,
    ownerId: 'l.owner_id',
    role,
    linkedAt: 'r.linked_at',
  });

/** Leads that are there, beside their links `r`. */
export const LIVING_LEAD = 'join leads l on l.organization_id = r.organization_id and l.id = r.lead_id and l.deleted_at is null';
