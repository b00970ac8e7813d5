import type { Money } from '../../../shared/money.js';
import { Decimal, Id, Instant, Int, ListOf, ListOfShape, MoneyField, OneOf, Text, TextMap } from '../../../platform/http/shapes/fields.js';
import { STAGE_KINDS, type StageKind } from '../pipelines/pipeline.js';
import { MATCHES, type Match } from './search-ranking.js';

const STATUS = { max: 80, description: 'Key of the stage the lead stands in.', example: 'meeting-booked' } as const;

/** A lead as it is shown in a column of the board. */
export class LeadCard {
  @Id() id: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Text({ max: 200, nullable: true, example: 'Duarte & Filhos' }) company: string | null;
  @Text({ max: 254, nullable: true, example: 'ana@example.com' }) email: string | null;
  @Text({ max: 60, nullable: true, example: '+351 21 000 0000' }) phone: string | null;
  @MoneyField({ nullable: true }) value: Money | null;
  @Text({ max: 100, nullable: true, example: 'website' }) source: string | null;
  @ListOf('text', { max: 50, maxLength: 60, example: ['priority'] }) tags: string[];
  @Id({ nullable: true, description: 'Member who looks after the lead.' }) ownerId: string | null;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 3 }) version: number;
  @Instant() updatedAt: string;
}

export class LeadView {
  @Id() id: string;
  @Id() pipelineId: string;
  @Text(STATUS) status: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Text({ max: 200, nullable: true, example: 'Duarte & Filhos' }) company: string | null;
  @Text({ max: 254, nullable: true, example: 'ana@example.com' }) email: string | null;
  @Text({ max: 60, nullable: true, example: '+351 21 000 0000' }) phone: string | null;
  @MoneyField({ nullable: true }) value: Money | null;
  @Text({ max: 10_000, nullable: true, example: 'Asked for a second offer.' }) notes: string | null;
  @Text({ max: 100, nullable: true, example: 'website' }) source: string | null;
  @ListOf('text', { max: 50, maxLength: 60, example: ['priority'] }) tags: string[];
  @TextMap({ maxKeys: 50, maxLength: 1000, description: 'Custom fields.', example: { customer_number: 'K-1024' } }) attributes: Record<
    string,
    string
  >;
  @Id({ nullable: true, description: 'Member who looks after the lead.' }) ownerId: string | null;
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 3 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @Instant({ nullable: true, example: null }) deletedAt: string | null;
}

/** A lead that may be the same person, with the reasons. */
export class PossibleDuplicate {
  @Id() id: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Decimal({ min: 0, max: 1, description: 'Probability that it is the same person.', example: 0.97 }) score: number;
  @ListOf('text', {
    max: 60,
    maxLength: 300,
    description: 'What agrees and what does not, most telling first.',
    example: ['E-mail is the same'],
  })
  reasons: string[];
}

export class CreatedLead extends LeadView {
  @ListOfShape(() => PossibleDuplicate, { description: 'Leads that may be the same person; the new one was made nevertheless.' })
  duplicates: PossibleDuplicate[];
}

export class BoardColumn {
  @Text({ ...STATUS, description: 'Key of the stage.' }) status: string;
  @Text({ max: 80, example: 'Meeting booked' }) name: string;
  @OneOf(STAGE_KINDS) kind: StageKind;
  @Int({ min: 0, max: 100, description: 'Percent of leads here that are expected to be won.', example: 30 }) probability: number;
  @Int({
    min: 1,
    nullable: true,
    description: 'How many leads should stand here at most; with more, show it. Null for any number.',
    example: null,
  })
  wipLimit: number | null;
  @Int({ min: 0, description: 'Number of leads in the whole column.', example: 12 }) count: number;
  @ListOfShape(() => CurrencySum, { description: 'Sum of the values in the whole column, one for each currency.' }) sums: CurrencySum[];
  @ListOfShape(() => LeadCard, { description: 'First leads of the column, from the top.' }) cards: LeadCard[];
  @Text({ max: 1000, nullable: true, description: 'For GET /leads/board/columns/{status}; null when all cards are here.', example: null })
  nextCursor: string | null;
}

export class CurrencySum {
  @Text({ max: 3, description: 'ISO 4217 code.', example: 'EUR' }) currency: string;
  @Text({ max: 40, description: 'Exact sum in whole minor units, as text.', example: '1250000' }) amountMinor: string;
  @Text({
    max: 40,
    description: 'The sum times the probability of the stage, rounded once to a whole minor unit.',
    example: '375000',
  })
  weightedMinor: string;
  @Int({ min: 1, description: 'Leads with a value in this currency.', example: 3 }) count: number;
}

export class BoardView {
  @Id() pipelineId: string;
  @Text({ max: 80, example: 'Sales' }) pipelineName: string;
  @ListOfShape(() => BoardColumn, { description: 'Every stage in board order, empty ones too.' }) columns: BoardColumn[];
}

export class SearchHit {
  @OneOf(MATCHES, { description: 'Why it was found.' }) match: Match;
  @Id() id: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Text({ max: 200, nullable: true, example: 'Duarte & Filhos' }) company: string | null;
  @Text({ max: 254, nullable: true, example: 'ana@example.com' }) email: string | null;
  @Text({ max: 60, nullable: true, example: '+351 21 000 0000' }) phone: string | null;
  @Id() pipelineId: string;
  @Text(STATUS) status: string;
  @MoneyField({ nullable: true }) value: Money | null;
  @Int({ min: 1, example: 3 }) version: number;
}

export class SearchResult {
  @ListOfShape(() => SearchHit, { description: 'Best first.' }) items: SearchHit[];
}
