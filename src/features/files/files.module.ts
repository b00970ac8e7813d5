import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DownloadsService } from './downloads.service.js';
import { FilesController } from './files.controller.js';
import { FilesRepository } from './files.repository.js';
import { FilesService } from './files.service.js';
import { Files } from './files.js';
import { RemovalService } from './removal/removal.service.js';
import { SweepRepository } from './removal/sweep.repository.js';
import { StoredFile } from './stored-file.entity.js';
import { ConfirmationsService } from './uploads/confirmations.service.js';
import { ContentCheck } from './uploads/content-check.js';
import { UploadsController } from './uploads/uploads.controller.js';
import { UploadsService } from './uploads/uploads.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([StoredFile])],
  controllers: [FilesController, UploadsController],
  providers: [
    FilesRepository,
    FilesService,
    DownloadsService,
    UploadsService,
    ContentCheck,
    ConfirmationsService,
    RemovalService,
    SweepRepository,
    Files,
  ],
  exports: [Files],
})
export class FilesModule {}
