import { formatMoney, type Money } from '../../../shared/money.js';
import type { DeskStage } from '../../crm/index.js';

/** What names are needed to speak of leads. */
export interface NameBook {
  readonly stages: readonly DeskStage[];
  readonly members: readonly { readonly id: string; readonly name: string }[];
}

interface Shown {
  readonly name: string;
  readonly company?: string | null | undefined;
}

const FIELD_WORDS: Readonly<Record<string, string>> = {
  ownerId: 'owner',
  attributes: 'custom fields',
  email: 'e-mail',
};
const MANY: ReadonlySet<string> = new Set(['tags', 'notes', 'attributes']);
const LOCALE = 'en';

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString(LOCALE)} ${count === 1 ? one : many}`;

/** "A, B and C". */
export function joined(parts: readonly string[], word = 'and'): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1) ?? ''}`;
}

/** Speaks of leads, stages, people and amounts by the names of one organization. */
export class Wording {
  constructor(private readonly names: NameBook) {}

  lead({ name, company }: Shown): string {
    return company ? `${name} (${company})` : name;
  }

  stage(key: string, pipelineId?: string): string {
    const { stages } = this.names;
    const found = stages.find((stage) => stage.key === key && stage.pipelineId === pipelineId) ?? stages.find((stage) => stage.key === key);
    return found?.name ?? key;
  }

  member(id: string | null): string {
    return id === null ? 'nobody' : (this.names.members.find((member) => member.id === id)?.name ?? 'somebody who has left');
  }

  money(money: Money): string {
    return formatMoney(money, LOCALE);
  }

  field(name: string): string {
    return FIELD_WORDS[name] ?? name;
  }

  /** Whether one says "are" of a field. */
  isMany(name: string): boolean {
    return MANY.has(name);
  }

  /** A value of a field as people say it. */
  value(field: string, value: unknown, pipelineId?: string): string {
    if (value === null || value === undefined || value === '') return 'none';
    if (field === 'status' && typeof value === 'string') return this.stage(value, pipelineId);
    if (field === 'ownerId' && typeof value === 'string') return this.member(value);
    if (field === 'value') return this.money(value as Money);
    if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
    if (typeof value === 'object') {
      const entries = Object.entries(value).map(([key, text]) => `${key} ${String(text)}`);
      return entries.length === 0 ? 'none' : entries.join(', ');
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** "value: none → €500.00; company: Acme → Duarte". */
  changes(before: object, after: object, pipelineId?: string): string {
    const old = before as Record<string, unknown>;
    return Object.entries(after)
      .map(([name, value]) => `${this.field(name)}: ${this.value(name, old[name], pipelineId)} → ${this.value(name, value, pipelineId)}`)
      .join('; ');
  }
}
