import type { FieldModel, MatchModel } from './match-model.js';

type StoredField = Omit<FieldModel, 'values'> & { values?: [string, number][] };

/** A model as JSON keeps it. */
export type StoredModel = Omit<MatchModel, 'fields' | 'weakBits'> & {
  fields: [string, StoredField][];
  /** Null is no limit: JSON knows no infinity. */
  weakBits: number | null;
};

/** A model in the form that is kept with a scan, so that a scan that goes on judges as it began. */
export function storedModel({ fields, weakBits, ...same }: MatchModel): StoredModel {
  return {
    ...same,
    weakBits: Number.isFinite(weakBits) ? weakBits : null,
    fields: [...fields].map(([name, { values, ...field }]) => [name, values ? { ...field, values: [...values] } : field]),
  };
}

/** The model that was kept. */
export function modelFrom({ fields, weakBits, ...same }: StoredModel): MatchModel {
  const field = ({ values, ...rest }: StoredField): FieldModel => (values ? { ...rest, values: new Map(values) } : rest);
  return { ...same, weakBits: weakBits ?? Infinity, fields: new Map(fields.map(([name, stored]) => [name, field(stored)])) };
}
