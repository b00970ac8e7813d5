import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { Unavailable } from '../../../platform/http/problems/core-problems.js';
import type { ConcordReply, ConcordRequest } from '../../../platform/http/request-state.js';
import { JobAccepted } from '../../../platform/messaging/job-accepted.shapes.js';
import {
  FileEmpty,
  FileNotFound,
  FileNotUploaded,
  FileTooLarge,
  FileTypeRefused,
  UploadBeingChecked,
  UploadDiffers,
  UploadIncomplete,
} from '../files.errors.js';
import { FileView, StartUpload, UploadTicket } from '../files.shapes.js';
import type { StoredFile } from '../stored-file.entity.js';
import { ConfirmationsService } from './confirmations.service.js';
import { incomingFile } from './incoming-file.js';
import { UploadsService } from './uploads.service.js';

const MULTIPART = { type: 'object', properties: { file: { type: 'string', format: 'binary' } }, required: ['file'] };

@Controller('files')
export class UploadsController {
  constructor(
    private readonly uploads: UploadsService,
    private readonly confirmations: ConfirmationsService,
  ) {}

  @Post()
  @Endpoint({
    access: 'files:create',
    returns: [201, FileView],
    fails: [FileEmpty, FileTooLarge, FileTypeRefused, UploadIncomplete, Unavailable],
    idempotent: true,
    etag: true,
    location: '/api/v1/files/{id}',
    consumes: 'multipart/form-data',
    requestSchema: MULTIPART,
    summary: 'Upload a file',
    description: 'One part called `file`. The type is found out from the content; what the caller claims is not believed.',
  })
  async upload(@CurrentScope() scope: Scope, @Req() request: ConcordRequest): Promise<StoredFile> {
    return this.uploads.receive(scope, await incomingFile(request));
  }

  @Post('uploads')
  @Endpoint({
    access: 'files:create',
    returns: [201, UploadTicket],
    fails: [FileTooLarge, FileTypeRefused],
    idempotent: true,
    location: '/api/v1/files/{id}',
    summary: 'Start an upload that goes straight to the storage',
    description:
      'PUT the content to the address with exactly the given headers, then confirm. Unconfirmed uploads are removed after a day.',
  })
  start(@CurrentScope() scope: Scope, @Body() input: StartUpload): Promise<UploadTicket> {
    return this.uploads.start(scope, input);
  }

  @Post(':id/confirm')
  @Endpoint({
    access: 'files:create',
    returns: [200, FileView],
    alsoReturns: [[202, JobAccepted]],
    fails: [FileNotFound, FileNotUploaded, UploadBeingChecked, UploadDiffers, FileEmpty, FileTypeRefused, UploadIncomplete, Unavailable],
    etag: true,
    summary: 'Confirm an upload',
    description: 'Checks length, type and digest of what was put. Above 32 MiB a job does, and 202 says which. Confirming again is fine.',
  })
  async confirm(
    @CurrentScope() scope: Scope,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: ConcordReply,
  ): Promise<StoredFile | JobAccepted> {
    return sent(reply, await this.confirmations.confirm(scope, id));
  }
}

function sent(reply: ConcordReply, answer: StoredFile | JobAccepted): StoredFile | JobAccepted {
  if ('jobId' in answer) reply.status(202).header('location', `/api/v1/jobs/${answer.jobId}`);
  return answer;
}
