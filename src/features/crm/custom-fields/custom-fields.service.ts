import { Injectable } from '@nestjs/common';
import { setImmediate as breathe } from 'node:timers/promises';
import { Bus } from '../../../platform/database/bus.js';
import { Database } from '../../../platform/database/database.js';
import type { Scope } from '../../../platform/database/scope.js';
import type { Tx } from '../../../platform/database/tx.js';
import { EditConflict, NotFound, ValidationFailed } from '../../../platform/http/problems/core-problems.js';
import { NIL_ID } from '../../../shared/ids.js';
import { CUSTOM_FIELDS_TOPIC } from './custom-fields.js';
import { CustomFieldsRepository } from './custom-fields.repository.js';
import type { CustomFieldsReport, CustomFieldsView, PutCustomFields, RecordMisfit } from './custom-fields.shapes.js';
import { attributesCheck, RECORD_TYPES, type RecordType, schemaFaults } from './field-schema.js';

const BATCH = 2_000;
const MOST_CHECKED = 100_000;
const MOST_SAMPLES = 10;
/** A pattern may take tens of milliseconds a record: others get their turn between, and nobody waits for an answer longer than this. */
const TURN_MS = 20;
const LONGEST_LOOK_MS = 10_000;

const none = (recordType: RecordType): CustomFieldsView => ({ recordType, schema: null, version: 0, updatedAt: null });

type Misfits = Pick<CustomFieldsReport, 'checked' | 'misfits' | 'isComplete' | 'samples'>;

/** Says what custom fields there are. A schema judges what is written from then on; what is stored stays as it is. */
@Injectable()
export class CustomFieldsService {
  constructor(
    private readonly db: Database,
    private readonly schemas: CustomFieldsRepository,
    private readonly bus: Bus,
  ) {}

  async get(scope: Scope, type: string): Promise<CustomFieldsView> {
    const recordType = known(type);
    return (await this.db.read(scope, (tx) => this.schemas.get(tx, recordType))) ?? none(recordType);
  }

  async put(scope: Scope, type: string, { schema }: PutCustomFields, dryRun = false): Promise<CustomFieldsReport> {
    const recordType = known(type);
    const errors = schemaFaults(recordType, schema);
    if (errors.length > 0) throw ValidationFailed({ detail: 'This is no schema that custom fields can have.', errors });
    if (dryRun) {
      const current = await this.get(scope, recordType);
      stale(scope, current);
      return { applied: false, current, version: current.version, ...(await this.misfits(scope, recordType, schema)) };
    }
    const report = await this.misfits(scope, recordType, schema);
    const current = await this.changing(scope, recordType, (tx) => this.schemas.put(tx, recordType, schema));
    return { applied: true, current: current ?? none(recordType), version: current?.version ?? 0, ...report };
  }

  /** From now on any custom fields are taken again. */
  async remove(scope: Scope, type: string): Promise<void> {
    const recordType = known(type);
    await this.changing(scope, recordType, (tx) => this.schemas.remove(tx, recordType));
  }

  private changing<T>(scope: Scope, type: RecordType, change: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.write(scope, async (tx) => {
      await this.schemas.lock(tx, type);
      stale(scope, (await this.schemas.get(tx, type)) ?? none(type));
      const result = await change(tx);
      await this.bus.publish(tx, CUSTOM_FIELDS_TOPIC, scope.organizationId);
      return result;
    });
  }

  /** Looks at the living records, batch by batch and outside any transaction, because there may be many. */
  private async misfits(scope: Scope, type: RecordType, schema: Record<string, unknown>): Promise<Misfits> {
    const check = attributesCheck(schema);
    const samples: RecordMisfit[] = [];
    let [checked, misfits, after] = [0, 0, NIL_ID];
    const started = performance.now();
    let turn = started;
    while (checked < MOST_CHECKED) {
      const from = after;
      const records = await this.db.read(scope, (tx) => this.schemas.recordsAfter(tx, type, from, BATCH));
      for (const { id, name, attributes } of records) {
        if (performance.now() - turn > TURN_MS) {
          await breathe();
          turn = performance.now();
          if (turn - started > LONGEST_LOOK_MS) return { checked, misfits, isComplete: false, samples };
        }
        checked++;
        const errors = check(attributes);
        if (errors.length === 0) continue;
        misfits++;
        const said = errors.map(({ pointer = '', code, message }) => ({ pointer, code, message }));
        if (samples.length < MOST_SAMPLES) samples.push({ id, name, errors: said });
      }
      after = records.at(-1)?.id ?? after;
      if (records.length < BATCH) return { checked, misfits, isComplete: true, samples };
    }
    return { checked, misfits, isComplete: false, samples };
  }
}

function known(type: string): RecordType {
  const found = RECORD_TYPES.find((one) => one === type);
  if (!found) throw NotFound({ detail: `Custom fields are those of ${RECORD_TYPES.join(', ')}.`, validOptions: RECORD_TYPES });
  return found;
}

function stale({ ifMatch }: Scope, current: CustomFieldsView): void {
  if (ifMatch === undefined || ifMatch === current.version) return;
  throw EditConflict({ detail: 'Look at the current schema, then send yours with the new ETag.', extra: { current } });
}
