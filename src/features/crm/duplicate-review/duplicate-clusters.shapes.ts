import { Bool, Decimal, Id, Instant, Int, ListOfShape, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { DuplicateFactor } from '../imports/lead-imports.shapes.js';

export const CLUSTER_STATES = ['open', 'dismissed', 'merged'] as const;
export type ClusterState = (typeof CLUSTER_STATES)[number];

/** A lead of a group, as much of it as tells whether it is the same person. */
export class ClusterLead {
  @Id() id: string;
  @Text({ max: 200, example: 'Ana Duarte' }) name: string;
  @Text({ max: 200, nullable: true, example: 'Duarte & Filhos' }) company: string | null;
  @Text({ max: 254, nullable: true, example: 'ana@example.com' }) email: string | null;
  @Text({ max: 60, nullable: true, example: '+351 21 000 0000' }) phone: string | null;
  @Text({ max: 80, example: 'interest' }) status: string;
  @Int({ min: 1, example: 3 }) version: number;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @Bool({ description: 'It was deleted or merged since the scan.', example: false }) isDeleted: boolean;
}

/** Leads that are likely one person. */
export class DuplicateClusterView {
  @Id() id: string;
  @Id() scanId: string;
  @OneOf(CLUSTER_STATES) state: ClusterState;
  @Decimal({ min: 0, max: 1, description: 'Probability of the weakest link that holds the group together.', example: 0.998 }) score: number;
  @ListOfShape(() => ClusterLead) leads: ClusterLead[];
  @Id({ nullable: true, description: 'The merge that settled it.', example: null }) mergeId: string | null;
  @Id({ nullable: true, example: null }) decidedBy: string | null;
  @Instant({ nullable: true, example: null }) decidedAt: string | null;
  @Instant() createdAt: string;
}

/** Two leads of a group with the reasons why they may be one person. */
export class DuplicatePair {
  @Id() leftId: string;
  @Id() rightId: string;
  @Decimal({ min: 0, max: 1, description: 'Probability that they are one person.', example: 0.998 }) score: number;
  @Decimal({ description: 'The same as log2 odds, for comparing very sure pairs.', example: 9.1 }) weight: number;
  @ListOfShape(() => DuplicateFactor, { description: 'Why, most telling first.' }) factors: DuplicateFactor[];
}

export class DuplicateClusterDetail extends DuplicateClusterView {
  @ListOfShape(() => DuplicatePair, { description: 'Every pair of the group that the scan found likely, surest first.' })
  pairs: DuplicatePair[];
}

export class DuplicateClustersQuery {
  @OneOf(CLUSTER_STATES, { optional: true, description: '`open` when left out.', example: 'open' }) state?: ClusterState;
  @Decimal({ min: 0, max: 1, optional: true, description: 'Only groups at least as sure.', example: 0.9 }) minScore?: number;
  @Text({ max: 4096, optional: true, description: '`nextCursor` of the page before.', example: 'eyJ' }) cursor?: string;
  @Int({ min: 1, max: 100, default: 50, optional: true, description: 'How many at most.', example: 50 }) limit?: number;
}
