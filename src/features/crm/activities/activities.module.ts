import { Module } from '@nestjs/common';
import { FilesModule } from '../../files/index.js';
import { OrganizationsModule } from '../../organizations/index.js';
import { RecordListsModule } from '../records/record-lists.module.js';
import { ActivitiesService } from './activities.service.js';
import { AttachmentsController } from './attachments/attachments.controller.js';
import { AttachmentsRepository } from './attachments/attachments.repository.js';
import { AttachmentsService } from './attachments/attachments.service.js';
import { LoggedController } from './logged/logged.controller.js';
import { LoggedRepository } from './logged/logged.repository.js';
import { LoggedService } from './logged/logged.service.js';
import { NotesController } from './notes/notes.controller.js';
import { NotesRepository } from './notes/notes.repository.js';
import { NotesService } from './notes/notes.service.js';
import { TaskReminders } from './tasks/task-reminders.js';
import { TaskRemindersRepository } from './tasks/task-reminders.repository.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TasksRepository } from './tasks/tasks.repository.js';
import { TasksService } from './tasks/tasks.service.js';
import { TimelineController } from './timeline/timeline.controller.js';
import { TimelineRepository } from './timeline/timeline.repository.js';
import { TimelineService } from './timeline/timeline.service.js';

/** What happens with a lead: notes, tasks, calls, meetings, e-mails, files, and all of it in one timeline. */
@Module({
  imports: [OrganizationsModule, FilesModule, RecordListsModule],
  controllers: [NotesController, TasksController, LoggedController, AttachmentsController, TimelineController],
  providers: [
    NotesRepository,
    NotesService,
    TasksRepository,
    TaskRemindersRepository,
    TasksService,
    TaskReminders,
    LoggedRepository,
    LoggedService,
    AttachmentsRepository,
    AttachmentsService,
    TimelineRepository,
    TimelineService,
    ActivitiesService,
  ],
  exports: [ActivitiesService],
})
export class ActivitiesModule {}
