import { problem } from '../../../platform/http/problems/problem.js';

export const LeadImportNotFound = problem({ code: 'lead-import-not-found', status: 404, title: 'There is no such import' });
export const ImportFileNotFound = problem({ code: 'import-file-not-found', status: 404, title: 'There is no such file to import' });
export const ImportFileUnreadable = problem({ code: 'import-file-unreadable', status: 422, title: 'The file cannot be read as a table' });
export const ImportMappingWrong = problem({ code: 'import-mapping-wrong', status: 422, title: 'The mapping does not fit the file' });
export const ImportNotUndoable = problem({ code: 'import-not-undoable', status: 409, title: 'There is nothing to take back' });
