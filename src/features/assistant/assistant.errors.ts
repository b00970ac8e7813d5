import { problem } from '../../platform/http/problems/problem.js';

export const ConversationNotFound = problem({ code: 'conversation-not-found', status: 404, title: 'There is no such conversation' });
export const ConversationBusy = problem({
  code: 'conversation-busy',
  status: 409,
  title: 'This conversation has too many messages that wait for an answer',
});
export const ChatTaskNotFound = problem({ code: 'chat-task-not-found', status: 404, title: 'There is no such message being answered' });
export const ChatTaskFinished = problem({ code: 'chat-task-finished', status: 409, title: 'This message is answered already' });
export const PlanNotFound = problem({ code: 'plan-not-found', status: 404, title: 'There is no such plan' });
export const PlanNotPending = problem({ code: 'plan-not-pending', status: 409, title: 'This plan does not wait for an answer any more' });
export const PlanExpired = problem({ code: 'plan-expired', status: 409, title: 'This plan has expired' });
export const PlanStale = problem({ code: 'plan-stale', status: 409, title: 'The leads of this plan have changed since it was made' });
export const PlanTokenWrong = problem({ code: 'plan-token-wrong', status: 403, title: 'This confirmation is not for this plan' });
export const ChangeNotFound = problem({ code: 'change-not-found', status: 404, title: 'There is no such change' });
export const ChangeUndone = problem({ code: 'change-undone', status: 409, title: 'This change was undone already' });
export const ChangeTooOld = problem({ code: 'change-too-old', status: 409, title: 'This change can no longer be undone' });
export const ChangeOverwritten = problem({
  code: 'change-overwritten',
  status: 409,
  title: 'What this change left behind has been changed since',
});
