import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database.js';
import type { Scope } from '../../../../platform/database/scope.js';
import type { Tx } from '../../../../platform/database/tx.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { newId } from '../../../../shared/ids.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { changeRecord, removeRecord } from '../../records/record-change.js';
import { NoteNotFound } from '../activities.errors.js';
import { assertMayChange } from '../entry-rules.js';
import { knowLead } from '../lead-entry-list.js';
import { NotesRepository } from './notes.repository.js';
import type { EntryPageQuery, NoteView, WriteNote } from './notes.shapes.js';

/** Notes of leads. */
@Injectable()
export class NotesService {
  constructor(
    private readonly db: Database,
    private readonly notes: NotesRepository,
  ) {}

  list(scope: Scope, leadId: string, query: EntryPageQuery): Promise<PageOf<NoteView>> {
    return this.db.read(scope, async (tx) => {
      const page = await this.notes.ofLead(tx, leadId, query);
      if (page.items.length === 0) await knowLead(tx, leadId);
      return page;
    });
  }

  add(scope: Scope, leadId: string, { body }: WriteNote): Promise<NoteView> {
    return this.db.writeOne(scope, (tx) => this.addIn(tx, { leadId, body }));
  }

  async get(scope: Scope, id: string): Promise<NoteView> {
    const found = await this.db.read(scope, (tx) => this.notes.find(tx, id));
    if (!found) throw NoteNotFound();
    return found;
  }

  update(scope: Scope, id: string, patch: WriteNote): Promise<NoteView> {
    return this.db.write(scope, (tx) =>
      changeRecord(tx, this.notes, {
        id,
        patch,
        ifMatch: scope.ifMatch,
        missing: NoteNotFound,
        values: (current) => {
          assertMayChange(scope, current.authorId);
          const body = patch.body.trim();
          return body === current.body ? undefined : [body];
        },
      }),
    );
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.db.write(scope, (tx) => this.removeIn(tx, id, scope.ifMatch));
  }

  /** Adds a note in a transaction that is open; one statement. */
  async addIn(tx: Tx, { leadId, body }: { leadId: string; body: string }): Promise<NoteView> {
    const made = await this.notes.insert(tx, { id: newId(), leadId, values: [body.trim()] });
    if (!made) throw LeadNotFound();
    return made;
  }

  /** Puts a note away in a transaction that is open. */
  async removeIn(tx: Tx, id: string, ifMatch?: number): Promise<void> {
    const note = await this.notes.lock(tx, id);
    if (!note) throw NoteNotFound();
    assertMayChange(tx.scope, note.authorId);
    await removeRecord(tx, this.notes, { id, ifMatch, missing: NoteNotFound });
  }
}
