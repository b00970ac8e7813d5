import type { Money } from '../../../src/shared/money.js';

/**
 * What people say to the assistant and what must come of it. Every case starts from the same twelve leads in a conversation of its own;
 * every lead that `expect` does not name must afterwards be exactly as it was.
 */
export interface UtteranceCase {
  /** Unique, kebab-case, says what is tried. */
  readonly id: string;
  /** Said before, in order, to bring the conversation to a point; what these change is part of the start, not of the effect. */
  readonly before?: readonly string[];
  readonly say: string;
  /** `dot`: an organization in the United Kingdom with GBP (the default); `comma`: one in Germany with EUR. */
  readonly where?: 'dot' | 'comma';
  readonly expect: Expectation;
}

export type Expectation =
  /** Done at once. */
  | { readonly kind: 'changes'; readonly effects: readonly Effect[] }
  /** Nothing yet but a plan; after "yes" these effects. */
  | { readonly kind: 'plans'; readonly effects: readonly Effect[] }
  /** Leads are shown or listed: these and no others (in this order with `ordered`), and nothing changes. */
  | { readonly kind: 'shows'; readonly leads: readonly LeadKey[]; readonly ordered?: boolean }
  /** A number of leads, or sums of values (one for each currency); by group when grouped. Nothing changes. */
  | { readonly kind: 'counts'; readonly count: number }
  | { readonly kind: 'totals'; readonly sums: readonly Money[] }
  | { readonly kind: 'groups'; readonly counts: Readonly<Record<string, number>> }
  /** Nothing changes; asks which of these leads is meant. */
  | { readonly kind: 'asks'; readonly among: readonly LeadKey[] }
  /** Nothing changes; says that it cannot be done as said: unknown lead, status, field, member, an amount that is none. */
  | { readonly kind: 'refuses' }
  /** Nothing changes and nothing is pending, whatever is answered: questions, negations, chatter, "yes" to nothing. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'helps' };

export type Effect =
  | { readonly effect: 'set'; readonly lead: LeadKey; readonly fields: LeadFields }
  | { readonly effect: 'moved'; readonly lead: LeadKey; readonly status: StatusKey }
  | { readonly effect: 'created'; readonly fields: LeadFields & { readonly name: string } }
  | { readonly effect: 'deleted'; readonly lead: LeadKey }
  | { readonly effect: 'noted'; readonly lead: LeadKey; readonly text: string }
  | {
      readonly effect: 'task';
      readonly lead: LeadKey | null;
      /** Must be in the title, in any case of letters. */ readonly title: string;
      readonly due?: DueExpected;
    };

/** In days from today, or the first such weekday after today (1 is Monday); a time is HH:MM in the organization's time zone. */
export type DueExpected = ({ readonly days: number } | { readonly weekday: 1 | 2 | 3 | 4 | 5 | 6 | 7 }) & { readonly time?: string };

export type StatusKey = 'interest' | 'meeting-booked' | 'proposal-sent' | 'closed-win' | 'closed-lost';

/** What is left out is not looked at for a created lead, and stays as it was for a changed one; null means empty. */
export interface LeadFields {
  readonly name?: string;
  readonly company?: string | null;
  readonly email?: string | null;
  /** Compared by digits. */
  readonly phone?: string | null;
  readonly value?: Money | null;
  readonly notes?: string | null;
  readonly source?: string | null;
  readonly tags?: readonly string[];
  readonly owner?: MemberKey | null;
  readonly status?: StatusKey;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** `me` is who talks to the assistant. */
export type MemberKey = 'me' | 'ann' | 'tom';

export const MEMBERS: Readonly<Record<MemberKey, string>> = { me: 'Robin Hale', ann: 'Ann Becker', tom: 'Tom Price' };

/** Custom fields that leads have. */
export const CUSTOM_FIELDS = ['customer_number', 'industry'] as const;

interface FixtureLead extends LeadFields {
  readonly name: string;
  readonly status: StatusKey;
}

const money = (amount: number, currency: string): Money => ({ amountMinor: String(amount * 100), currency });

/**
 * The leads of every case, in the order they were made. Two people are called Smith and two Maria, one first name is a verb ("Mark",
 * "Will"), one company holds "and", one name holds an apostrophe.
 */
export const LEADS = {
  'john-smith': {
    name: 'John Smith',
    company: 'Acme Ltd',
    email: 'john.smith@acme.example',
    phone: '+44 20 7946 0101',
    value: money(5000, 'GBP'),
    status: 'interest',
    source: 'website',
    tags: ['priority'],
    owner: 'me',
    notes: null,
  },
  'jane-smith': {
    name: 'Jane Smith',
    company: 'Northwind',
    email: 'jane@northwind.example',
    phone: '+44 20 7946 0102',
    value: money(12000, 'GBP'),
    status: 'meeting-booked',
    source: 'referral',
    tags: [],
    owner: 'ann',
    notes: 'Prefers e-mail.',
  },
  'maria-lopez': {
    name: 'Maria Lopez',
    company: 'Fields and Sons',
    email: 'maria@fields.example',
    phone: '+34 91 555 0103',
    value: money(800, 'EUR'),
    status: 'interest',
    source: 'website',
    tags: [],
    owner: 'tom',
    notes: null,
  },
  'maria-silva': {
    name: 'Maria Silva',
    company: 'Blue Harbour',
    email: 'msilva@blueharbour.example',
    phone: '+351 21 000 0104',
    value: money(20000, 'EUR'),
    status: 'proposal-sent',
    source: 'event',
    tags: ['vip'],
    owner: 'me',
    notes: null,
  },
  'sean-obrien': {
    name: "Sean O'Brien",
    company: 'Emerald Foods',
    email: 'sean@emerald.example',
    phone: '+353 1 555 0105',
    value: money(7500, 'EUR'),
    status: 'proposal-sent',
    source: 'referral',
    tags: [],
    owner: 'ann',
    notes: null,
  },
  'mark-weber': {
    name: 'Mark Weber',
    company: 'Weber Maschinen',
    email: 'mark@weber.example',
    phone: '+49 30 555 0106',
    value: money(45000, 'EUR'),
    status: 'closed-win',
    source: 'website',
    tags: ['vip'],
    owner: 'tom',
    notes: null,
  },
  'will-turner': {
    name: 'Will Turner',
    company: 'Turner Shipping',
    email: 'will@turner.example',
    phone: '+44 20 7946 0107',
    value: money(3000, 'GBP'),
    status: 'closed-lost',
    source: 'cold call',
    tags: [],
    owner: 'me',
    notes: 'Chose a competitor.',
  },
  'anna-kowalska': {
    name: 'Anna Kowalska',
    company: 'Lumen Studio',
    email: 'anna@lumen.example',
    phone: '+48 22 555 0108',
    value: null,
    status: 'interest',
    source: 'website',
    tags: [],
    owner: null,
    notes: null,
  },
  'wei-chen': {
    name: 'Wei Chen',
    company: 'Pacific Trade',
    email: 'wei.chen@pacific.example',
    phone: '+1 415 555 0109',
    value: money(15000, 'USD'),
    status: 'meeting-booked',
    source: 'event',
    tags: ['priority'],
    owner: 'me',
    notes: null,
  },
  'fatima-zahra': {
    name: 'Fatima Zahra',
    company: 'Atlas Textiles',
    email: 'fatima@atlas.example',
    phone: '+212 5 2255 0110',
    value: money(9900, 'EUR'),
    status: 'meeting-booked',
    source: 'referral',
    tags: [],
    owner: 'tom',
    notes: null,
  },
  'oliver-grant': {
    name: 'Oliver Grant',
    company: null,
    email: 'oliver.grant@mail.example',
    phone: null,
    value: money(2500, 'GBP'),
    status: 'interest',
    source: null,
    tags: [],
    owner: 'ann',
    notes: null,
  },
  'priya-patel': {
    name: 'Priya Patel',
    company: 'Saffron Digital',
    email: 'priya@saffron.example',
    phone: '+44 20 7946 0112',
    value: money(60000, 'GBP'),
    status: 'closed-win',
    source: 'referral',
    tags: ['priority', 'vip'],
    owner: 'ann',
    notes: null,
    attributes: { customer_number: 'K-1024', industry: 'software' },
  },
} as const satisfies Readonly<Record<string, FixtureLead>>;

export type LeadKey = keyof typeof LEADS;
