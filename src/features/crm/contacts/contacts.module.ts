import { Module } from '@nestjs/common';
import { CompaniesModule } from '../companies/companies.module.js';
import { CustomFieldsModule } from '../custom-fields/custom-fields.module.js';
import { RecordListsModule } from '../records/record-lists.module.js';
import { ContactLinksController } from './contact-links.controller.js';
import { ContactLinksRepository } from './contact-links.repository.js';
import { ContactLinksService } from './contact-links.service.js';
import { ContactsController } from './contacts.controller.js';
import { ContactsRepository } from './contacts.repository.js';
import { ContactsService } from './contacts.service.js';

/** People as records of their own. */
@Module({
  imports: [RecordListsModule, CustomFieldsModule, CompaniesModule],
  controllers: [ContactsController, ContactLinksController],
  providers: [ContactsRepository, ContactsService, ContactLinksRepository, ContactLinksService],
})
export class ContactsModule {}
