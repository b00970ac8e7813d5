import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES, isPrivate } from '../../src/features/webhooks/events/event-catalogue.js';
import { auditActions, causelessEvents, undecidedActions } from './event-catalogue.js';
import { isSpec, parseFile, projectFiles } from './source-files.js';

const sent = EVENT_TYPES.map(({ type }) => type);
const actions = auditActions(projectFiles('src').filter((file) => !isSpec(file)));

describe('the catalogue of events', () => {
  it('decides about every action of the audit trail: sent, or private with a reason', () => {
    expect(actions.length).toBeGreaterThan(60);
    expect(undecidedActions(actions, sent, isPrivate)).toEqual([]);
  });

  it('declares nothing that never happens', () => {
    expect(causelessEvents(sent, actions)).toEqual([]);
  });

  it('would be caught with a new action, written in any of the ways there are', () => {
    const planted = (text: string): string[] => auditActions([parseFile('src/features/crm/x.service.ts', text)]);
    expect(planted(`record(tx, { action: 'quote.signed' })`)).toEqual(['quote.signed']);
    expect(planted("auditCte({ action: `'quote.signed'` })")).toEqual(['quote.signed']);
    expect(planted(`update(tx, before, after, 'quote.made-final')`)).toEqual(['quote.made-final']);
    expect(planted('const action = `quote.${state}`; audit.record(tx, { action });')).toEqual(['quote.*']);
    expect(planted("const sql = { action: `'${resource}.signed'` }; make({ table: 'quotes', resource: 'quote' });")).toEqual([
      'quote.signed',
    ]);
    expect(
      planted(`job({ name: 'quotes.send-signed' }); enqueue('quotes.send-signed'); import x from './a.json'; const c = 'l.moved';`),
    ).toEqual([]);
    expect(undecidedActions(['quote.signed', 'quote.*', 'lead.created', 'lead.*'], ['lead.created'], () => false)).toEqual([
      'quote.signed',
      'quote.*',
    ]);
    expect(undecidedActions(['quote.signed'], [], (action) => action === 'quote.signed')).toEqual([]);
    expect(causelessEvents(['lead.created', 'lead-import.failed', 'lead.melted'], ['lead.created', 'lead-import.*'])).toEqual([
      'lead.melted',
    ]);
  });
});
