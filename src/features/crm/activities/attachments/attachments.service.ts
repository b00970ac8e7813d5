import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database.js';
import type { Scope } from '../../../../platform/database/scope.js';
import type { PageOf } from '../../../../platform/http/shapes/builders.js';
import { newId } from '../../../../shared/ids.js';
import { Files } from '../../../files/index.js';
import { LeadNotFound } from '../../leads/leads.errors.js';
import { changeRecord, removeRecord } from '../../records/record-change.js';
import { AttachmentNotFound, AttachmentNotReady } from '../activities.errors.js';
import { knowLead } from '../lead-entry-list.js';
import type { EntryPageQuery } from '../notes/notes.shapes.js';
import { AttachmentsRepository, attachmentValues } from './attachments.repository.js';
import type { AttachFile, AttachmentView, UpdateAttachment } from './attachments.shapes.js';

/** Files of leads. The file itself stays where it is: attaching links it, taking it off leaves it. */
@Injectable()
export class AttachmentsService {
  constructor(
    private readonly db: Database,
    private readonly attachments: AttachmentsRepository,
    private readonly files: Files,
  ) {}

  list(scope: Scope, leadId: string, query: EntryPageQuery): Promise<PageOf<AttachmentView>> {
    return this.db.read(scope, async (tx) => {
      const page = await this.attachments.ofLead(tx, leadId, query);
      if (page.items.length === 0) await knowLead(tx, leadId);
      return page;
    });
  }

  attach(scope: Scope, leadId: string, { fileId, caption }: AttachFile): Promise<AttachmentView> {
    return this.db.write(scope, async (tx) => {
      await knowLead(tx, leadId);
      // A file of another organization is not found here, like one that never was.
      const file = await this.files.get(tx, fileId);
      if (file.state !== 'ready') throw AttachmentNotReady({ detail: `The file is ${file.state}.` });
      const { name: fileName, mediaType, sizeBytes } = file;
      const values = attachmentValues({ fileId, fileName, mediaType, sizeBytes, caption: caption?.trim() || null });
      const made = await this.attachments.insert(tx, { id: newId(), leadId, values });
      if (!made) throw LeadNotFound();
      return made;
    });
  }

  async get(scope: Scope, id: string): Promise<AttachmentView> {
    const found = await this.db.read(scope, (tx) => this.attachments.find(tx, id));
    if (!found) throw AttachmentNotFound();
    return found;
  }

  update(scope: Scope, id: string, patch: UpdateAttachment): Promise<AttachmentView> {
    return this.db.write(scope, (tx) =>
      changeRecord(tx, this.attachments, {
        id,
        patch,
        ifMatch: scope.ifMatch,
        missing: AttachmentNotFound,
        values: (current) => {
          const caption = patch.caption === undefined ? current.caption : patch.caption?.trim() || null;
          return caption === current.caption ? undefined : attachmentValues({ ...current, caption });
        },
      }),
    );
  }

  /** Takes the file off the lead. */
  detach(scope: Scope, id: string): Promise<void> {
    return this.db.writeOne(scope, (tx) => removeRecord(tx, this.attachments, { id, ifMatch: scope.ifMatch, missing: AttachmentNotFound }));
  }
}
