import { problem } from '../../../platform/http/problems/problem.js';

export const DuplicateScanNotFound = problem({
  code: 'duplicate-scan-not-found',
  status: 404,
  title: 'There is no such scan for duplicates',
});
export const DuplicateScanRunning = problem({
  code: 'duplicate-scan-running',
  status: 409,
  title: 'A scan for duplicates is already under way',
  constraint: 'lead_duplicate_scans_one_open',
});
export const DuplicateClusterNotFound = problem({
  code: 'duplicate-cluster-not-found',
  status: 404,
  title: 'There is no such group of duplicates',
});
export const DuplicateClusterDecided = problem({
  code: 'duplicate-cluster-decided',
  status: 409,
  title: 'Somebody has decided on this group already',
});
export const LeadMerged = problem({ code: 'lead-merged', status: 410, title: 'This lead was merged into another one' });
export const LeadsToMergeUnknown = problem({
  code: 'leads-to-merge-unknown',
  status: 422,
  title: 'Some leads to be merged are not there',
});
export const MergeNotPossible = problem({ code: 'merge-not-possible', status: 422, title: 'The leads cannot be merged by these rules' });
export const MergePreviewStale = problem({
  code: 'merge-preview-stale',
  status: 412,
  title: 'One of the leads was changed since the preview',
});
export const LeadMergeNotFound = problem({ code: 'lead-merge-not-found', status: 404, title: 'There is no such merge' });
export const MergeAlreadyUndone = problem({ code: 'merge-already-undone', status: 409, title: 'The merge was undone already' });
export const MergeNotUndoable = problem({ code: 'merge-not-undoable', status: 409, title: 'The merge cannot be undone as things are' });
