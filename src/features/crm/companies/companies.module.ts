import { Module } from '@nestjs/common';
import { CustomFieldsModule } from '../custom-fields/custom-fields.module.js';
import { RecordListsModule } from '../records/record-lists.module.js';
import { CompaniesController } from './companies.controller.js';
import { CompaniesRepository } from './companies.repository.js';
import { CompaniesService } from './companies.service.js';
import { CompanyLinksController } from './company-links.controller.js';
import { CompanyLinksRepository } from './company-links.repository.js';
import { CompanyLinksService } from './company-links.service.js';

/** Companies as records of their own. */
@Module({
  imports: [RecordListsModule, CustomFieldsModule],
  controllers: [CompaniesController, CompanyLinksController],
  providers: [CompaniesRepository, CompaniesService, CompanyLinksRepository, CompanyLinksService],
  exports: [CompaniesRepository],
})
export class CompaniesModule {}
