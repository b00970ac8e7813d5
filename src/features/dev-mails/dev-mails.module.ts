import { Module } from '@nestjs/common';
import { DevMailsController } from './dev-mails.controller.js';
import { DevMailsService } from './dev-mails.service.js';

/** Captured mails for whoever develops. Imported only where mails are captured and it is not production. */
@Module({
  controllers: [DevMailsController],
  providers: [DevMailsService],
})
export class DevMailsModule {}
