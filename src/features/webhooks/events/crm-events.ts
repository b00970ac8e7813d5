import { eventsOf, type EventType } from './event-type.js';

const PIPELINE_ID = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3e';
const FILE_ID = '01936f2e-7c1a-7b52-9c1e-5d6a1f0b2c3f';
const VALUE = { amountMinor: '1250000', currency: 'EUR' };
const LEAD = {
  pipelineId: PIPELINE_ID,
  status: 'interest',
  name: 'Ana Duarte',
  company: 'Duarte & Filhos',
  value: VALUE,
  source: 'website',
  tags: ['priority'],
  ownerId: null,
  version: 1,
};

const LEADS = eventsOf(
  'lead',
  [
    'pipelineId',
    'status',
    'statusName',
    'pipelineName',
    'reason',
    'name',
    'company',
    'value',
    'source',
    'tags',
    'ownerId',
    'version',
    'createdAt',
    'updatedAt',
    'mergeId',
    'absorbed',
    'companyId',
    'companyName',
    'contactId',
    'contactName',
    'contactRole',
    'score',
  ],
  {
    created: { description: 'A lead was made: by hand, by the API, by an import or by the assistant.', example: LEAD },
    updated: { description: 'Fields of a lead changed.', example: { ...LEAD, version: 2 }, previous: { value: null, version: 1 } },
    moved: {
      description: 'A lead went to another stage, or to another place in its column.',
      example: { status: 'meeting-booked', statusName: 'Meeting booked', version: 3 },
      previous: { status: 'interest', statusName: 'Interest' },
    },
    deleted: { description: 'A lead was put away; it can be brought back.', previous: LEAD },
    restored: { description: 'A deleted lead was brought back.', example: { ...LEAD, version: 5 } },
    merged: {
      description: 'Other leads were merged into this one; each of them is deleted with an event of its own.',
      example: { mergeId: FILE_ID, version: 6 },
      previous: { absorbed: [{ id: PIPELINE_ID, name: 'A. Duarte', version: 2 }] },
    },
    'merge-undone': { description: 'A merge into this lead was undone.', example: { mergeId: FILE_ID } },
    'score-overridden': { description: 'Somebody set the score of a lead by hand.', example: { score: 80 }, previous: { score: 61 } },
    'score-override-removed': { description: 'The score of a lead is computed again.', example: { score: 61 }, previous: { score: 80 } },
    'contact-linked': { description: 'A lead was linked to a contact.', example: { contactId: FILE_ID } },
    'contact-unlinked': { description: 'A contact belongs to a lead no more.', previous: { contactId: FILE_ID } },
    'company-linked': { description: 'A lead was linked to a company.', example: { companyId: FILE_ID, companyName: 'Duarte & Filhos' } },
    'company-unlinked': {
      description: 'A lead belongs to no company any more.',
      previous: { companyId: FILE_ID, companyName: 'Duarte & Filhos' },
    },
  },
);

const COUNTS = { created: 120, updated: 4, skipped: 1 };
const IMPORT = { dryRun: false, fileId: FILE_ID, counts: COUNTS };
const IMPORTS = eventsOf('lead-import', ['dryRun', 'fileId', 'counts', 'undone', 'code'], {
  started: { description: 'An import was started.', example: { dryRun: false, fileId: FILE_ID } },
  finished: { description: 'An import came to its end.', example: IMPORT },
  stopped: { description: 'An import was stopped by its own rules.', example: IMPORT },
  failed: { description: 'An import could not go on.', example: { ...IMPORT, code: 'import-file-unreadable' } },
  cancelled: { description: 'An import was stopped by somebody.', example: IMPORT },
  'undo-started': { description: 'Somebody takes an import back.', example: IMPORT },
  undone: { description: 'An import was taken back.', example: { ...IMPORT, undone: { deleted: 120, restored: 4, kept: 0 } } },
});

const PIPELINES = eventsOf('pipeline', ['name', 'isDefault', 'stages', 'version', 'winReasons', 'lostReasons'], {
  created: { description: 'A pipeline was made.', example: { name: 'Sales', isDefault: false, stages: ['Interest', 'Won'] } },
  updated: {
    description: 'A pipeline was renamed or became the default.',
    example: { name: 'Partners', isDefault: false },
    previous: { name: 'Sales' },
  },
  archived: { description: 'A pipeline was put away.', previous: { name: 'Sales', stages: ['Interest', 'Won'] } },
});

const STAGES = eventsOf('stage', ['stage', 'name', 'kind', 'position', 'movedTo', 'leads'], {
  added: {
    description: 'A stage was added; the resource is its pipeline.',
    example: { stage: 'demo', name: 'Demo', kind: 'open', position: 2 },
  },
  updated: {
    description: 'A stage was renamed, or its kind or place changed; the resource is its pipeline.',
    example: { stage: 'demo', name: 'Demonstration', kind: 'open', position: 2 },
    previous: { name: 'Demo' },
  },
  archived: {
    description: 'A stage was put away and its leads moved; the resource is its pipeline.',
    example: { stage: 'demo', movedTo: 'interest', leads: 12 },
    previous: { name: 'Demo', kind: 'open' },
  },
});

const EXPORTS = eventsOf('leads', [], { exported: { description: 'Somebody took the leads out as a file.' } });

const FILE = { name: 'offer.pdf', mediaType: 'application/pdf', sizeBytes: 48_213, state: 'ready', purpose: null };
const FILES = eventsOf('file', ['name', 'mediaType', 'sizeBytes', 'sha256', 'state', 'purpose'], {
  created: { description: 'A file is complete and was checked.', example: FILE },
  renamed: { description: 'A file has another name.', example: { ...FILE, name: 'offer-2.pdf' }, previous: { name: 'offer.pdf' } },
  refused: {
    description: 'What was uploaded is not what it was said to be.',
    example: { ...FILE, state: 'refused' },
    previous: { state: 'pending' },
  },
  deleted: { description: 'A file was deleted.', example: { ...FILE, state: 'deleted' }, previous: { state: 'ready' } },
});

const SETTINGS = eventsOf('crm-settings', [], {
  updated: { description: 'How the CRM behaves was changed; read it at GET /crm/settings.' },
});

/** What happens to leads and what belongs to them. */
export const CRM_EVENTS: readonly EventType[] = [...LEADS, ...IMPORTS, ...PIPELINES, ...STAGES, ...EXPORTS, ...FILES, ...SETTINGS];
