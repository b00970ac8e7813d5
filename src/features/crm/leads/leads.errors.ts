import { problem } from '../../../platform/http/problems/problem.js';

export const LeadNotFound = problem({ code: 'lead-not-found', status: 404, title: 'There is no such lead' });
export const LeadNotDeleted = problem({
  code: 'lead-not-deleted',
  status: 409,
  title: 'The lead is not deleted, so there is nothing to bring back',
});
export const LeadAlreadyExists = problem({ code: 'lead-already-exists', status: 409, title: 'This lead seems to exist already' });
export const OwnerUnknown = problem({ code: 'owner-unknown', status: 422, title: 'The owner is no active member of the organization' });
export const NeighbourGone = problem({
  code: 'neighbour-gone',
  status: 409,
  title: 'The lead it should stand next to is not in that column',
});
export const PlaceAmbiguous = problem({ code: 'place-ambiguous', status: 422, title: 'Give one place only: position, before or after' });
export const BulkNotApplied = problem({ code: 'bulk-not-applied', status: 409, title: 'One operation failed, so none was applied' });
