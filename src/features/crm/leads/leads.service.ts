import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict } from '../../../platform/http/problems/core-problems.js';
import { JsonText } from '../../../platform/http/json-text.js';
import { readShape } from '../../../platform/http/shapes/shape-pipe.js';
import { newId } from '../../../shared/ids.js';
import { mergePatch } from '../../../shared/json.js';
import { MemberDirectory } from '../../organizations/index.js';
import { LeadDuplicates } from '../duplicate-review/lead-duplicates.js';
import { CustomFields } from '../custom-fields/custom-fields.js';
import { ColumnIsBusy, StageEntry, StageIsRuled, StageMissing } from '../pipelines/stage-entry.js';
import type { DuplicatePolicy } from '../settings/crm-settings.shapes.js';
import { changedFields, leadContent, type LeadContent, patchedContent } from './lead.js';
import { possibleDuplicates } from './possible-duplicates.js';
import { CreateLead, type UpdateLead } from './lead-requests.shapes.js';
import { LeadAlreadyExists, LeadNotFound, OwnerUnknown } from './leads.errors.js';
import { LeadsRepository, type LeadText, type NewLead } from './leads.repository.js';
import type { LeadView } from './leads.shapes.js';

/** A lead as JSON text, with what the headers of its answer need. */
export const leadText = ({ json, version }: LeadText, id: string): JsonText => new JsonText(json, { version, id });

/** Making, reading and changing single leads. */
@Injectable()
export class LeadsService {
  constructor(
    private readonly db: Database,
    private readonly leads: LeadsRepository,
    private readonly entry: StageEntry,
    private readonly members: MemberDirectory,
    private readonly duplicates: LeadDuplicates,
    private readonly customFields: CustomFields,
  ) {}

  async create(scope: Scope, input: CreateLead, wanted?: DuplicatePolicy): Promise<JsonText> {
    const content = leadContent(input);
    // From memory: the usual way stays one statement.
    await this.customFields.check(scope, 'lead', content.attributes);
    const onDuplicate = await this.duplicates.policy(scope, wanted);
    const lead: NewLead = { id: newId(), pipelineId: input.pipelineId ?? null, status: input.status ?? null, content };
    // The usual way is one statement; only what has to be known beforehand, and a stage with rules, takes a transaction.
    const isUsual = onDuplicate === 'warn' && content.ownerId === null;
    return this.entry.enter(scope, (isRuled) => {
      if (isUsual && !isRuled) return this.db.writeOne(scope, (tx) => this.insert(tx, lead));
      return this.db.write(scope, async (tx) => {
        await this.knowOwner(tx, content.ownerId);
        if (onDuplicate === 'refuse') await this.refuseDuplicate(tx, lead, 'Send onDuplicate=warn to make it nevertheless.');
        return this.insertJudged(tx, lead);
      });
    });
  }

  /**
   * Makes a lead in a transaction that is open; run it by `StageEntry.enter`, because its column may be busy. What is done about a likely
   * duplicate is what the organization has chosen.
   */
  async createIn(tx: Tx, input: CreateLead): Promise<JsonText> {
    const content = leadContent(input);
    await this.customFields.checkIn(tx, 'lead', content.attributes);
    await this.knowOwner(tx, content.ownerId);
    const lead: NewLead = { id: newId(), pipelineId: input.pipelineId ?? null, status: input.status ?? null, content };
    if ((await this.duplicates.policyIn(tx)) === 'refuse')
      await this.refuseDuplicate(tx, lead, 'This organization refuses likely duplicates.');
    return this.insertJudged(tx, lead);
  }

  async get(scope: Scope, id: string): Promise<JsonText> {
    const found = await this.db.read(scope, (tx) => this.leads.get(tx, id));
    if (!found) throw await this.duplicates.absence(scope, id);
    return leadText(found, id);
  }

  update(scope: Scope, id: string, patch: UpdateLead): Promise<JsonText> {
    return this.db.write(scope, (tx) => this.updateIn(tx, { id, patch, ifMatch: scope.ifMatch }));
  }

  remove(scope: Scope, id: string): Promise<void> {
    return this.db.writeOne(scope, (tx) => this.removeIn(tx, id, scope.ifMatch));
  }

  /** Applies a merge patch in a transaction that is open. A patch that changes nothing makes no new version. */
  async updateIn(tx: Tx, { id, patch, ifMatch }: { id: string; patch: UpdateLead; ifMatch: number | undefined }): Promise<JsonText> {
    const row = await this.leads.lock(tx, id);
    if (!row) throw LeadNotFound();
    const current = JSON.parse(row.json) as LeadView;
    if (ifMatch !== undefined && ifMatch !== row.version) throw staleVersion(current, Object.keys(patch));
    const before = contentOf(current);
    const after = patchedContent(before, checkedPatch(before, patch));
    if (changedFields(before, after).length === 0) return leadText(row, id);
    if (after.ownerId !== before.ownerId) await this.knowOwner(tx, after.ownerId);
    // Values that were stored before the schema stay until somebody changes them.
    if (patch.attributes !== undefined) await this.customFields.checkIn(tx, 'lead', after.attributes);
    const changed = await this.leads.update(tx, { id, version: row.version, content: after });
    if (!changed) throw LeadNotFound();
    return leadText(changed, id);
  }

  /** Puts a lead away in a transaction that is open. */
  async removeIn(tx: Tx, id: string, ifMatch: number | undefined): Promise<void> {
    const outcome = await this.leads.remove(tx, id, ifMatch);
    if (!outcome) throw LeadNotFound();
    if (!outcome.removed) throw EditConflict({ extra: { current: { version: outcome.version } } });
  }

  /** One statement, for stages without rules. */
  private async insert(tx: Tx, lead: NewLead): Promise<JsonText> {
    const made = await this.tryInsert(tx, lead);
    if (!made) throw new StageIsRuled();
    return made;
  }

  /** The same in a transaction of several statements, which leaves room for the rules of the stage. */
  private async insertJudged(tx: Tx, lead: NewLead): Promise<JsonText> {
    const made = await this.tryInsert(tx, lead);
    if (made) return made;
    const { pipelineId, status, content } = lead;
    const entry = { pipelineId, status, lead: content, from: null, reason: null, reasonNote: null, isNew: true };
    const { epoch } = await this.entry.judge(tx, entry);
    const judged = await this.tryInsert(tx, { ...lead, judgedAt: epoch });
    // The rules changed while they were looked at.
    if (!judged) throw new ColumnIsBusy();
    return judged;
  }

  /** Undefined when the rules of the stage have to be asked first. */
  private async tryInsert(tx: Tx, lead: NewLead): Promise<JsonText | undefined> {
    const made = await this.leads.insert(tx, lead);
    if (made.wanted === null) throw new StageMissing(lead.pipelineId, lead.status);
    if (made.entered === null) throw new ColumnIsBusy();
    if (made.json === null) return undefined;
    const duplicates = made.candidates === null ? [] : possibleDuplicates(lead.id, lead.content, made.candidates);
    return new JsonText(`${made.json.slice(0, -1)},"duplicates":${JSON.stringify(duplicates)}}`, { version: 1, id: lead.id });
  }

  private async knowOwner(tx: Tx, ownerId: string | null): Promise<void> {
    if (ownerId === null || (await this.members.isActiveMember(tx, ownerId))) return;
    throw OwnerUnknown({
      errors: [{ pointer: '/ownerId', code: 'owner-unknown', message: 'is not an active member; GET /members lists them' }],
    });
  }

  private async refuseDuplicate(tx: Tx, lead: NewLead, advice: string): Promise<void> {
    await this.leads.lockKeys(tx, lead.content);
    const candidates = possibleDuplicates(lead.id, lead.content, await this.leads.candidates(tx, lead.content));
    if (candidates.length === 0) return;
    throw LeadAlreadyExists({
      detail: `It looks like “${candidates[0]?.name ?? ''}”. ${advice}`,
      extra: { candidates },
    });
  }
}

/** What the caller wants to change, as it is now: enough to merge by hand without reading the lead again. */
function staleVersion(current: LeadView, fields: readonly string[]): Error {
  const now = Object.fromEntries(Object.entries(current).filter(([name]) => fields.includes(name)));
  return EditConflict({
    detail: 'Look at the current values, then send your change with the new ETag.',
    extra: { current: { ...now, version: current.version } },
  });
}

function contentOf({ name, company, email, phone, value, notes, source, tags, attributes, ownerId }: LeadView): LeadContent {
  return { name, company, email, phone, value, notes, source, tags, attributes, ownerId };
}

/** Custom fields are judged after the merge: only then is known how many there are. */
function checkedPatch(before: LeadContent, patch: UpdateLead): object {
  if (!patch.attributes) return patch;
  const attributes = mergePatch(before.attributes, patch.attributes) as Record<string, string>;
  readShape(CreateLead, { name: before.name, attributes });
  // Every old field that is not in the merged set is named, or the second merge would keep it.
  const cleared = Object.fromEntries(Object.keys(before.attributes).map((key) => [key, null]));
  return { ...patch, attributes: { ...cleared, ...attributes } };
}
