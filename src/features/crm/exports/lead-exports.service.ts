import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { CSV_BOM } from '../../../shared/csv.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { withOurInstants } from '../../../platform/http/instant-text.js';
import { InvalidParameters } from '../../../platform/http/problems/core-problems.js';
import { AuditTrail } from '../../audit/index.js';
import { MemberDirectory } from '../../organizations/index.js';
import { LeadListRepository, type PlaceInList } from '../leads/lead-list.repository.js';
import type { LeadView } from '../leads/leads.shapes.js';
import { explainEmptyList } from '../pipelines/stage-lookup.js';
import { headingLine, leadLine } from './lead-csv.js';
import type { ExportLeadsQuery } from './lead-exports.shapes.js';

const LEADS_AT_ONCE = 1_000;
const MOST_ATTRIBUTES = 500;
const ATTRIBUTES = `
  select k.key from (select distinct jsonb_object_keys(l.attributes) as key from leads l where l.organization_id = $1 and l.attributes <> '{}') k
  order by k.key limit ${MOST_ATTRIBUTES}`;

/** What an export needs beside the leads. */
interface Frame {
  readonly attributes: readonly string[];
  readonly owners: ReadonlyMap<string, string>;
}

/** Leads as CSV, in the form that an import reads back without a change. */
@Injectable()
export class LeadExportsService {
  constructor(
    private readonly db: Database,
    private readonly leads: LeadListRepository,
    private readonly members: MemberDirectory,
    private readonly audit: AuditTrail,
  ) {}

  /** Oldest first. The event stands in the trail before the first line leaves. */
  async export(scope: Scope, { bom = true, ...filters }: ExportLeadsQuery): Promise<Readable> {
    if (filters.currency === undefined && (filters.valueMin !== undefined || filters.valueMax !== undefined)) {
      throw InvalidParameters({ errors: [{ parameter: 'currency', code: 'required', message: 'is required to compare values' }] });
    }
    const frame = await this.db.write(scope, async (tx) => {
      const unknown = await explainEmptyList(tx, filters);
      if (unknown) throw unknown;
      await this.audit.record(tx, { action: 'leads.exported', resourceType: 'lead', after: { filters } });
      return this.frame(tx);
    });
    return Readable.from(this.lines(scope, filters, { bom, ...frame }), { objectMode: false });
  }

  private async frame(tx: Tx): Promise<Frame> {
    const keys = await tx.query<{ key: string }>(ATTRIBUTES, [tx.scope.organizationId]);
    const members = await this.members.activeMembers(tx);
    return { attributes: keys.map(({ key }) => key), owners: new Map(members.map(({ id, email }) => [id, email])) };
  }

  /** Reads a batch only when the one before was taken, so a slow reader costs no memory. */
  private async *lines(
    scope: Scope,
    filters: Omit<ExportLeadsQuery, 'bom'>,
    { bom, attributes, owners }: Frame & { bom: boolean },
  ): AsyncGenerator<string> {
    yield (bom ? CSV_BOM : '') + headingLine(attributes);
    for (let after: PlaceInList | undefined, isMore = true; isMore;) {
      const page = await this.db.read(scope, (tx) => this.leads.page(tx, { ...filters, sort: 'created' }, LEADS_AT_ONCE, after));
      const leads = JSON.parse(withOurInstants(`[${page.items}]`)) as LeadView[];
      if (leads.length > 0) yield leads.map((lead) => leadLine(lead, attributes, owners)).join('');
      isMore = page.lastId !== null;
      after = page.lastId === null ? undefined : { key: page.lastKey, id: page.lastId };
    }
  }
}
