export { ActivitiesService } from './activities/activities.service.js';
export { CrmModule } from './crm.module.js';
export {
  CreateLead,
  CreateTask,
  CrmDesk,
  GROUPINGS,
  LEAD_SORTS,
  LeadSelection,
  MoveLead,
  SearchQuery,
  StageChoice,
  UpdateLead,
  WriteNote,
  scoreName,
  type CreatedLead,
  type DeskStage,
  type FoundLead,
  type Grouping,
  type LeadChanges,
  type LeadGroup,
  type LeadSort,
  type LeadView,
} from './desk/crm-desk.js';
