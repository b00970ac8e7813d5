import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { CurrentScope } from '../../../platform/access/current-scope.js';
import type { Scope } from '../../../platform/database/scope.js';
import { Endpoint } from '../../../platform/http/endpoint.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import {
  DefaultPipelineKept,
  DefaultPipelineNeeded,
  LastOpenStage,
  PipelineInUse,
  PipelineNameTaken,
  PipelineNotFound,
  StageInUse,
  StageNameTaken,
  StageNotFound,
  StageUnknown,
} from './pipelines.errors.js';
import { PipelinesService } from './pipelines.service.js';
import {
  AddStage,
  ArchiveStageQuery,
  CreatePipeline,
  PipelineList,
  PipelineView,
  UpdatePipeline,
  UpdateStage,
} from './pipelines.shapes.js';
import { StagesService } from './stages.service.js';

@Controller('pipelines')
export class PipelinesController {
  constructor(
    private readonly pipelines: PipelinesService,
    private readonly stages: StagesService,
  ) {}

  @Get()
  @Endpoint({ access: 'pipelines:read', returns: [200, PipelineList], summary: 'List pipelines with their stages' })
  list(@CurrentScope() scope: Scope) {
    return this.pipelines.list(scope);
  }

  @Post()
  @Endpoint({
    access: 'pipelines:manage',
    returns: [201, PipelineView],
    summary: 'Make a pipeline',
    fails: [PipelineNameTaken, StageNameTaken],
    idempotent: true,
    etag: true,
    location: '/api/v1/pipelines/{id}',
  })
  create(@CurrentScope() scope: Scope, @Body() input: CreatePipeline) {
    return this.pipelines.create(scope, input);
  }

  @Get(':id')
  @Endpoint({ access: 'pipelines:read', returns: [200, PipelineView], summary: 'Get a pipeline', fails: [PipelineNotFound], etag: true })
  get(@CurrentScope() scope: Scope, @Param('id') id: string) {
    return this.pipelines.get(scope, id);
  }

  @Patch(':id')
  @Endpoint({
    access: 'pipelines:manage',
    returns: [200, PipelineView],
    summary: 'Rename a pipeline, make it the default, set its reasons, or put it away',
    description: 'A pipeline that was put away is answered once more as it was; it is not listed any more.',
    fails: [PipelineNotFound, PipelineNameTaken, PipelineInUse, DefaultPipelineKept, DefaultPipelineNeeded, EditConflict],
    etag: true,
    ifMatch: 'required',
  })
  update(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() patch: UpdatePipeline) {
    return this.pipelines.update(scope, id, patch);
  }

  @Post(':id/stages')
  @Endpoint({
    access: 'pipelines:manage',
    returns: [201, PipelineView],
    summary: 'Add a stage',
    description: 'Its key is made of its name and stays for ever.',
    fails: [PipelineNotFound, StageNameTaken],
    idempotent: true,
    etag: true,
  })
  addStage(@CurrentScope() scope: Scope, @Param('id') id: string, @Body() input: AddStage) {
    return this.stages.add(scope, id, input);
  }

  @Patch(':id/stages/:key')
  @Endpoint({
    access: 'pipelines:manage',
    returns: [200, PipelineView],
    summary: 'Rename a stage, change its kind, its place or its rules',
    description:
      'Leads and history keep the key, so renaming touches neither. Rules hold for every way into the stage: drag, form, bulk change, import and assistant; leads that stand in it already stay.',
    fails: [PipelineNotFound, StageNotFound, StageNameTaken, LastOpenStage],
    etag: true,
  })
  updateStage(@CurrentScope() scope: Scope, @Param('id') id: string, @Param('key') key: string, @Body() patch: UpdateStage) {
    return this.stages.update(scope, id, key, patch);
  }

  @Delete(':id/stages/:key')
  @Endpoint({
    access: 'pipelines:manage',
    returns: [200, PipelineView],
    summary: 'Archive a stage',
    description:
      'Its leads, if there are any, go to the end of the stage `moveTo` names, in their order; the rules of that stage are not asked.',
    fails: [PipelineNotFound, StageNotFound, StageUnknown, StageInUse, LastOpenStage],
    etag: true,
  })
  archiveStage(@CurrentScope() scope: Scope, @Param('id') id: string, @Param('key') key: string, @Query() { moveTo }: ArchiveStageQuery) {
    return this.stages.archive(scope, id, key, moveTo);
  }
}
