import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../platform/database/tx.js';
import { NotesService } from './notes/notes.service.js';
import type { NoteView } from './notes/notes.shapes.js';
import { TasksService } from './tasks/tasks.service.js';
import type { CreateTask, TaskView } from './tasks/tasks.shapes.js';

/**
 * Notes and tasks for whoever has a transaction open already, such as the assistant carrying out a plan. The scope of the transaction is
 * who acts: it must hold the permission that the route of the same name asks for, which the caller has checked.
 */
@Injectable()
export class ActivitiesService {
  constructor(
    private readonly notes: NotesService,
    private readonly tasks: TasksService,
  ) {}

  /** Writes a note on a lead; `lead-not-found` when there is none. One statement. */
  addNote(tx: Tx, note: { readonly leadId: string; readonly body: string }): Promise<NoteView> {
    return this.notes.addIn(tx, note);
  }

  /** Puts a note away; `note-not-found`, `not-your-entry`. */
  removeNote(tx: Tx, id: string): Promise<void> {
    return this.notes.removeIn(tx, id);
  }

  /** Makes a task for a lead, for whoever acts unless `assigneeId` says otherwise; `lead-not-found`, `assignee-unknown`, `due-ambiguous`. */
  addTask(tx: Tx, task: CreateTask & { readonly leadId: string }): Promise<TaskView> {
    return this.tasks.addIn(tx, task);
  }

  /** Puts a task away, with its reminders; `task-not-found`. */
  removeTask(tx: Tx, id: string): Promise<void> {
    return this.tasks.removeIn(tx, id);
  }
}
