import { problem } from '../../../platform/http/problems/problem.js';

export const NoteNotFound = problem({ code: 'note-not-found', status: 404, title: 'There is no such note' });
export const TaskNotFound = problem({ code: 'task-not-found', status: 404, title: 'There is no such task' });
export const ActivityNotFound = problem({ code: 'activity-not-found', status: 404, title: 'There is no such activity' });
export const AttachmentNotFound = problem({ code: 'attachment-not-found', status: 404, title: 'There is no such attachment' });
export const NotYourEntry = problem({ code: 'not-your-entry', status: 403, title: 'Somebody else wrote this' });
export const AssigneeUnknown = problem({
  code: 'assignee-unknown',
  status: 422,
  title: 'The assignee is no active member of the organization',
});
export const DueAmbiguous = problem({ code: 'due-ambiguous', status: 422, title: 'Say in one way when the task is due' });
export const AlreadyAttached = problem({
  code: 'already-attached',
  status: 409,
  title: 'This file is attached to the lead already',
  constraint: 'lead_attachments_once',
  pointer: '/fileId',
});
export const AttachmentNotReady = problem({
  code: 'attachment-not-ready',
  status: 409,
  title: 'The file is still being uploaded, or was refused',
});
