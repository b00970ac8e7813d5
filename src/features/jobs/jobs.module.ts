import { Module } from '@nestjs/common';
import { JobFollowers } from './job-followers.js';
import { JobsController } from './jobs.controller.js';
import { JobsRepository } from './jobs.repository.js';
import { JobsService } from './jobs.service.js';

@Module({
  controllers: [JobsController],
  providers: [JobsService, JobsRepository, JobFollowers],
})
export class JobsModule {}
