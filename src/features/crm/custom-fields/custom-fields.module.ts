import { Module } from '@nestjs/common';
import { CustomFields } from './custom-fields.js';
import { CustomFieldsController } from './custom-fields.controller.js';
import { CustomFieldsRepository } from './custom-fields.repository.js';
import { CustomFieldsService } from './custom-fields.service.js';

/** What custom fields leads, companies and contacts may have. */
@Module({
  controllers: [CustomFieldsController],
  providers: [CustomFieldsRepository, CustomFieldsService, CustomFields],
  exports: [CustomFields],
})
export class CustomFieldsModule {}
