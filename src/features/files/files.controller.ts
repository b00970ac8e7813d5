import { Body, Controller, Delete, Get, Param, Patch, Query, Res } from '@nestjs/common';
import { CurrentScope } from '../../platform/access/current-scope.js';
import type { Scope } from '../../platform/database/scope.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { EditConflict, InvalidCursor } from '../../platform/http/problems/core-problems.js';
import type { ConcordReply } from '../../platform/http/request-state.js';
import { pageOf, type PageOf } from '../../platform/http/shapes/builders.js';
import { DownloadsService } from './downloads.service.js';
import { FileNameRefused, FileNotFound, FileNotReady } from './files.errors.js';
import { FilesService } from './files.service.js';
import { DownloadQuery, DownloadView, FileListQuery, FileView, RenameFile } from './files.shapes.js';
import type { StoredFile } from './stored-file.entity.js';

@Controller('files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly downloads: DownloadsService,
  ) {}

  @Get()
  @Endpoint({
    access: 'files:read',
    returns: [200, pageOf(FileView)],
    fails: [InvalidCursor],
    summary: 'List files',
    description: 'Newest first. Only files that are ready, unless `state` asks for others.',
  })
  list(@CurrentScope() scope: Scope, @Query() query: FileListQuery): Promise<PageOf<StoredFile>> {
    return this.files.list(scope, query);
  }

  @Get(':id')
  @Endpoint({ access: 'files:read', returns: [200, FileView], fails: [FileNotFound], etag: true, summary: 'Read what is known of a file' })
  get(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<StoredFile> {
    return this.files.get(scope, id);
  }

  @Get(':id/download')
  @Endpoint({
    access: 'files:read',
    returns: [200, DownloadView],
    alsoReturns: [[302]],
    fails: [FileNotFound, FileNotReady],
    summary: 'Get an address to download a file from',
    description: 'The address works for a while and for whoever has it. Each request is recorded in the audit trail.',
  })
  async download(
    @CurrentScope() scope: Scope,
    @Param('id') id: string,
    @Query() { inline, redirect }: DownloadQuery,
    @Res({ passthrough: true }) reply: ConcordReply,
  ): Promise<DownloadView | undefined> {
    return sent(reply, await this.downloads.download(scope, id, inline), redirect);
  }

  @Patch(':id')
  @Endpoint({
    access: 'files:update',
    returns: [200, FileView],
    fails: [FileNotFound, FileNotReady, FileNameRefused, EditConflict],
    etag: true,
    ifMatch: 'optional',
    summary: 'Rename a file',
  })
  rename(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: RenameFile): Promise<StoredFile> {
    return this.files.rename(scope, id, input);
  }

  @Delete(':id')
  @Endpoint({
    access: 'files:delete',
    returns: [204],
    fails: [FileNotFound],
    summary: 'Delete a file',
    description: 'The content is removed shortly after. Deleting again is fine.',
  })
  delete(@CurrentScope() scope: Scope, @Param('id') id: string): Promise<void> {
    return this.files.delete(scope, id);
  }
}

function sent(reply: ConcordReply, view: DownloadView, isRedirect = false): DownloadView | undefined {
  reply.header('cache-control', 'no-store');
  if (!isRedirect) return view;
  reply.status(302).header('location', view.url);
  return undefined;
}
