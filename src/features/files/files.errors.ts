import { problem } from '../../platform/http/problems/problem.js';

export const FileNotFound = problem({ code: 'file-not-found', status: 404, title: 'There is no such file' });
export const FileNotReady = problem({ code: 'file-not-ready', status: 409, title: 'The file is not ready to be used' });
export const FileEmpty = problem({ code: 'file-empty', status: 422, title: 'The file is empty' });
export const FileTooLarge = problem({ code: 'file-too-large', status: 413, title: 'The file is too large' });
export const FileTypeRefused = problem({ code: 'file-type-refused', status: 415, title: 'Files of this type are not accepted' });
export const UploadIncomplete = problem({ code: 'upload-incomplete', status: 400, title: 'The upload broke off' });
export const FileNotUploaded = problem({ code: 'file-not-uploaded', status: 409, title: 'The content has not been uploaded yet' });
export const UploadBeingChecked = problem({ code: 'upload-being-checked', status: 409, title: 'The upload is being checked' });
export const UploadDiffers = problem({ code: 'upload-differs', status: 422, title: 'The content is not what was announced' });
export const FileNameRefused = problem({ code: 'file-name-refused', status: 422, title: 'The file cannot have this name' });
