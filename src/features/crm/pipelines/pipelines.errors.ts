import { problem } from '../../../platform/http/problems/problem.js';

export const PipelineNotFound = problem({ code: 'pipeline-not-found', status: 404, title: 'There is no such pipeline' });
export const PipelineUnknown = problem({ code: 'pipeline-unknown', status: 422, title: 'The organization has no such pipeline' });
export const StageNotFound = problem({ code: 'stage-not-found', status: 404, title: 'There is no such stage in this pipeline' });
export const PipelineNameTaken = problem({
  code: 'pipeline-name-taken',
  status: 409,
  title: 'There is a pipeline of this name already',
  constraint: 'pipelines_one_name',
  pointer: '/name',
});
export const StageNameTaken = problem({
  code: 'stage-name-taken',
  status: 409,
  title: 'There is a stage of this name in the pipeline already',
  constraint: 'pipeline_stages_one_name',
  pointer: '/name',
});
export const DefaultPipelineKept = problem({
  code: 'default-pipeline-kept',
  status: 409,
  title: 'The default pipeline cannot be archived',
  constraint: 'pipelines_default_is_kept',
});
export const DefaultPipelineNeeded = problem({
  code: 'default-pipeline-needed',
  status: 409,
  title: 'An organization always has a default pipeline',
});
export const PipelineInUse = problem({ code: 'pipeline-in-use', status: 409, title: 'There are leads in this pipeline' });
export const StageInUse = problem({ code: 'stage-in-use', status: 409, title: 'There are leads in this stage' });
export const LastOpenStage = problem({ code: 'last-open-stage', status: 409, title: 'A pipeline keeps at least one open stage' });
export const StageUnknown = problem({
  code: 'stage-unknown',
  status: 422,
  title: 'The pipeline has no such stage',
  constraint: 'leads_stage',
});
export const ColumnBusy = problem({ code: 'column-busy', status: 503, title: 'This column is being put in order just now' });
export const MoveNotAllowed = problem({ code: 'move-not-allowed', status: 409, title: 'The pipeline does not allow this move' });
export const LeadIncomplete = problem({ code: 'lead-incomplete', status: 422, title: 'The stage asks for fields the lead does not have' });
export const ReasonRequired = problem({ code: 'reason-required', status: 422, title: 'Say why the lead is won or lost' });
export const ReasonUnknown = problem({ code: 'reason-unknown', status: 422, title: 'The pipeline has no such reason' });
export const ReasonNotAsked = problem({ code: 'reason-not-asked', status: 422, title: 'A reason belongs to a won or lost stage' });
/** What coming into a stage with rules can fail by. */
export const ENTRY_PROBLEMS = [MoveNotAllowed, LeadIncomplete, ReasonRequired, ReasonUnknown, ReasonNotAsked];
