import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { CrmModule } from '../crm/index.js';
import { OrganizationsModule } from '../organizations/index.js';
import { ChangeLedger } from './changes/change-ledger.js';
import { ChangesController } from './changes/changes.controller.js';
import { ChangesRepository } from './changes/changes.repository.js';
import { ChangesService } from './changes/changes.service.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { ConversationsRepository } from './conversations/conversations.repository.js';
import { ConversationsService } from './conversations/conversations.service.js';
import { ChangingCommands } from './engines/changing-commands.js';
import { Engines } from './engines/engines.js';
import { LeadsMeant } from './engines/leads-meant.js';
import { LocalActions } from './engines/local-actions.js';
import { LocalEngine } from './engines/local-engine.js';
import { ModelEngine } from './engines/model-engine.js';
import { PlanDecisions } from './engines/plan-decisions.js';
import { PlanningCommands } from './engines/planning-commands.js';
import { ReadingCommands } from './engines/reading-commands.js';
import { WarmUp } from './engines/warm-up.js';
import { PlanDesk } from './plans/plan-desk.js';
import { PlansController } from './plans/plans.controller.js';
import { PlansRepository } from './plans/plans.repository.js';
import { PlansService } from './plans/plans.service.js';
import { ChangeTools } from './tools/change-tools.js';
import { Effects } from './tools/effects.js';
import { PlanTools } from './tools/plan-tools.js';
import { ReadTools } from './tools/read-tools.js';
import { ToolBox } from './tools/tool-box.js';
import { ChatController } from './turns/chat.controller.js';
import { ChatService } from './turns/chat.service.js';
import { ConversationOrder } from './turns/conversation-order.js';
import { OrganizationFactsReader } from './turns/organization-facts.js';
import { TurnBeginnings } from './turns/turn-beginnings.js';
import { TurnEnds } from './turns/turn-ends.js';
import { TurnFollowers } from './turns/turn-followers.js';
import { TurnRunner } from './turns/turn-runner.js';
import { TurnUpkeep } from './turns/turn-upkeep.js';
import { TurnsRepository } from './turns/turns.repository.js';

const CONVERSING = [
  ConversationsRepository,
  ConversationsService,
  TurnsRepository,
  ChatService,
  TurnFollowers,
  TurnRunner,
  TurnBeginnings,
  TurnEnds,
  ConversationOrder,
  OrganizationFactsReader,
  TurnUpkeep,
];
const ACTING = [ChangesRepository, ChangeLedger, ChangesService, PlansRepository, PlanDesk, PlansService];
const TOOLS = [Effects, ReadTools, ChangeTools, PlanTools, ToolBox];
const ANSWERING = [
  Engines,
  ModelEngine,
  LocalEngine,
  LocalActions,
  LeadsMeant,
  ReadingCommands,
  ChangingCommands,
  PlanningCommands,
  PlanDecisions,
  WarmUp,
];

/** A conversation in which leads are found and changed. */
@Module({
  imports: [AuditModule, CrmModule, OrganizationsModule],
  controllers: [ConversationsController, ChatController, PlansController, ChangesController],
  providers: [...CONVERSING, ...ACTING, ...TOOLS, ...ANSWERING],
})
export class AssistantModule {}
