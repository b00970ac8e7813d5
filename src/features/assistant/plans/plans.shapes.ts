import { Id, Instant, Int, ListOfShape, Nested, OneOf, Text } from '../../../platform/http/shapes/fields.js';
import { ChangeOffer, PlanLine } from '../turns/chat.shapes.js';
import { PLAN_STATES, type PlanState } from './plan-states.js';

export class ConfirmPlan {
  @Text({ min: 1, max: 100, description: 'As it came with the plan.', example: 'q1w2e3' }) token: string;
}

export class PlanView {
  @Id() id: string;
  @Id() conversationId: string;
  @OneOf(PLAN_STATES, { description: 'Only a pending plan can be confirmed or rejected.', example: 'pending' }) state: PlanState;
  @Text({ max: 300, example: 'Delete John Smith (Acme)' }) title: string;
  @Int({ min: 1, example: 1 }) leadCount: number;
  @ListOfShape(() => PlanLine, { description: 'The first 20 leads.' }) lines: PlanLine[];
  @Text({ max: 100, nullable: true, description: 'What confirms it, while it is pending.', example: 'q1w2e3' }) token: string | null;
  @Instant() createdAt: string;
  @Instant() expiresAt: string;
  @Id({ nullable: true, description: 'What it became, once it was confirmed.', example: null }) changeId: string | null;
}

export class PlanDone {
  @Id() id: string;
  @OneOf(PLAN_STATES, { example: 'executed' }) state: PlanState;
  @Nested(() => ChangeOffer, { description: 'What was done, and until when it can be undone.' }) change: ChangeOffer;
}
