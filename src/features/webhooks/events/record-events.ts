import { eventsOf, type EventDeclaration, type EventType } from './event-type.js';

const LEAD_ID = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3d';
const PERSON = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c40';
const COMPANY_ID = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c41';

type Image = Readonly<Record<string, unknown>>;

/** What happens to every kind of record: it comes, changes, goes and comes back. */
function life(a: string, example: Image, change: Image): Record<'created' | 'updated' | 'deleted' | 'restored', EventDeclaration> {
  const capital = a[0]?.toUpperCase() + a.slice(1);
  const previous = Object.fromEntries(Object.keys(change).map((name) => [name, example[name] ?? null]));
  return {
    created: { description: `${capital} was made.`, example },
    updated: { description: `${capital} was changed.`, example: { ...example, ...change }, previous },
    deleted: { description: `${capital} was deleted.`, previous: example },
    restored: { description: `${capital} that was deleted was brought back.`, example },
  };
}

const COMPANY = {
  name: 'Duarte & Filhos',
  domains: ['duarte.example'],
  industry: 'Retail',
  employees: 40,
  ownerId: null,
  tags: [],
  version: 1,
};
const COMPANIES = eventsOf('company', ['name', 'domains', 'industry', 'employees', 'ownerId', 'tags', 'version'], {
  ...life('a company', COMPANY, { employees: 45, version: 2 }),
});

const CONTACT = { name: 'Ana Duarte', position: 'Buyer', companyId: COMPANY_ID, ownerId: null, tags: [], version: 1 };
const CONTACTS = eventsOf('contact', ['name', 'position', 'companyId', 'ownerId', 'tags', 'version'], {
  ...life('a contact', CONTACT, { position: 'Head of purchasing', version: 2 }),
});

const NOTES = eventsOf('note', ['leadId', 'authorId', 'version'], {
  ...life('a note', { leadId: LEAD_ID, authorId: PERSON, version: 1 }, { version: 2 }),
});

const TASK = {
  leadId: LEAD_ID,
  title: 'Send the offer',
  dueAt: null,
  dueOn: '2026-12-01',
  assigneeId: PERSON,
  priority: 'normal',
  doneAt: null,
  version: 1,
};
const DONE = { doneAt: '2026-11-30T16:00:00.000Z', doneBy: PERSON, version: 2 };
const TASK_FACTS = [
  'leadId',
  'title',
  'dueAt',
  'dueOn',
  'timeZone',
  'assigneeId',
  'priority',
  'doneAt',
  'doneBy',
  'remindedAt',
  'authorId',
  'version',
];
const TASKS = eventsOf('task', TASK_FACTS, {
  ...life('a task', TASK, { title: 'Send the second offer', version: 2 }),
  done: { description: 'A task was done.', example: { ...TASK, ...DONE }, previous: { doneAt: null, version: 1 } },
  reopened: { description: 'A task that was done is open again.', example: { ...TASK, version: 3 }, previous: { ...DONE } },
  reminded: { description: 'Somebody was reminded of a task.', example: { assigneeId: PERSON, remindedAt: '2026-11-30T08:00:00.000Z' } },
});

const ACTIVITY = {
  leadId: LEAD_ID,
  kind: 'call',
  direction: 'outgoing',
  outcome: 'reached',
  occurredAt: '2026-11-21T09:00:00.000Z',
  version: 1,
};
const ACTIVITY_FACTS = ['leadId', 'kind', 'direction', 'outcome', 'occurredAt', 'durationMinutes', 'authorId', 'version'];
const ACTIVITIES = eventsOf('activity', ACTIVITY_FACTS, life('a call, meeting or e-mail', ACTIVITY, { outcome: 'no-answer', version: 2 }));

const ATTACHMENT = {
  leadId: LEAD_ID,
  fileId: '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3f',
  fileName: 'offer.pdf',
  mediaType: 'application/pdf',
  sizeBytes: 48_213,
  version: 1,
};
const ATTACHMENTS = eventsOf('attachment', ['leadId', 'fileId', 'fileName', 'mediaType', 'sizeBytes', 'authorId', 'version'], {
  ...life('an attachment', ATTACHMENT, { version: 2 }),
});

const FIELDS = eventsOf('custom-fields', ['recordType', 'version'], {
  changed: {
    description: 'The custom fields of a kind of record were changed.',
    example: { recordType: 'lead', version: 2 },
    previous: { version: 1 },
  },
  removed: { description: 'A kind of record has no schema of custom fields any more.', previous: { recordType: 'lead', version: 2 } },
});

const SCANS = eventsOf('lead-duplicate-scan', ['threshold', 'leads', 'pairs', 'clusters'], {
  started: { description: 'A scan for duplicates was started.', example: { threshold: 0.9 } },
  finished: { description: 'A scan for duplicates came to its end.', example: { clusters: 12 } },
  cancelled: { description: 'A scan for duplicates was stopped.' },
});

const CLUSTERS = eventsOf('lead-duplicate-cluster', ['leadIds'], {
  dismissed: { description: 'Somebody says that these leads are not the same.', example: { leadIds: [LEAD_ID, PERSON] } },
});

const RULES = eventsOf('scoring-rules', ['version'], { updated: { description: 'The rules by which leads are scored were changed.' } });

const MODEL = eventsOf('scoring-model', ['version', 'won', 'lost', 'brier', 'auc', 'jobId'], {
  'training-started': { description: 'Learning from won and lost leads was started.', example: { won: 120, lost: 340 } },
  trained: {
    description: 'A model was learned from won and lost leads.',
    example: { version: 3, won: 120, lost: 340, brier: 0.14, auc: 0.81 },
  },
});

/** What happens to the records beside leads. */
export const RECORD_EVENTS: readonly EventType[] = [
  ...COMPANIES,
  ...CONTACTS,
  ...NOTES,
  ...TASKS,
  ...ACTIVITIES,
  ...ATTACHMENTS,
  ...FIELDS,
  ...SCANS,
  ...CLUSTERS,
  ...RULES,
  ...MODEL,
];
