import { Injectable } from '@nestjs/common';
import { type FoundLead, type LeadView, scoreName } from '../../crm/index.js';
import { joined } from '../answers/wording.js';
import { ToolBox } from '../tools/tool-box.js';
import type { Candidate } from '../turns/dialogue.js';
import type { Command, Reference } from '../understanding/command.js';
import type { OutcomeOf, ToolName } from './read-outcome.js';
import { candidateOf, MOST_CANDIDATES, resolve } from './resolve-lead.js';
import { faultText } from '../answers/fault-text.js';
import type { Talk } from './talk.js';

/** What is known of a lead before it is changed. */
export type MeantLead = Pick<LeadView, 'id' | 'name' | 'company' | 'status' | 'pipelineId' | 'version'>;

type ListedReference = Extract<Reference, { kind: 'company' | 'phone' | 'email' }>;

/** A search finds no more than this many of one name. */
const SEARCHED = 20;

const isOfCompany = (asked: string, company: string): boolean => {
  const { kind } = scoreName(asked, company);
  return kind !== 'near' && kind !== 'unlike';
};

/** Finds out which lead somebody speaks of, and asks when that is not sure. */
@Injectable()
export class LeadsMeant {
  constructor(private readonly box: ToolBox) {}

  /** Calls a tool for the talk's turn. */
  async call<N extends ToolName>(talk: Talk, tool: N, input: object): Promise<OutcomeOf<N>> {
    return (await this.box.call(talk.turn, { tool, arguments: input })) as OutcomeOf<N>;
  }

  /** The lead; undefined when it was asked which one, or said that there is none. `waiting` is what is to be done once it is known. */
  async one(talk: Talk, who: Reference, waiting: readonly Command[]): Promise<MeantLead | undefined> {
    if (who.kind === 'pronoun') return this.inFocus(talk, who.text);
    if (who.kind === 'id') return this.byId(talk, who.id, 'that lead');
    if (who.kind === 'name') return this.byName(talk, who, waiting);
    return this.byFact(talk, who, waiting);
  }

  private async inFocus(talk: Talk, text: string): Promise<MeantLead | undefined> {
    const [focus] = talk.dialogue.focus ?? [];
    if (focus) return this.byId(talk, focus.id, focus.name);
    talk.fail(`I do not know whom you mean by “${text}”. Tell me the name of the lead.`);
    return undefined;
  }

  private async byId(talk: Talk, leadId: string, name: string): Promise<MeantLead | undefined> {
    const outcome = await this.call(talk, 'get_lead', { leadId });
    if (outcome.ok) return this.found(talk, outcome.result.lead);
    if (outcome.error.code !== 'lead-not-found') talk.fail(faultText(outcome.error));
    else talk.fail(name === 'that lead' ? 'There is no such lead.' : `${name} is not there any more.`);
    return undefined;
  }

  private async byName(talk: Talk, who: Extract<Reference, { kind: 'name' }>, waiting: readonly Command[]): Promise<MeantLead | undefined> {
    const outcome = await this.call(talk, 'search_leads', { q: who.text.slice(0, 200), limit: SEARCHED });
    if (!outcome.ok) {
      talk.fail(faultText(outcome.error));
      return undefined;
    }
    const { items, weaker } = outcome.result;
    const resolution = resolve([...items, ...weaker], who, isOfCompany);
    if (resolution.kind === 'one') return this.found(talk, resolution.lead);
    const said = who.company ? `${who.text} from ${who.company}` : who.text;
    if (resolution.kind === 'several') this.askWhich(talk, { said, ...resolution, waiting });
    else this.sayUnknown(talk, { said, nearest: resolution.nearest, waiting });
    return undefined;
  }

  /** By company, e-mail or phone: whoever has it. */
  private async byFact(talk: Talk, who: ListedReference, waiting: readonly Command[]): Promise<MeantLead | undefined> {
    const outcome = await this.call(talk, 'list_leads', { [who.kind]: who.text, limit: SEARCHED });
    if (!outcome.ok) {
      talk.fail(faultText(outcome.error));
      return undefined;
    }
    const { items, total } = outcome.result;
    const [only] = items;
    if (only && items.length === 1) return this.found(talk, only);
    if (!only && who.kind === 'company') return this.byName(talk, { kind: 'name', text: who.text }, waiting);
    if (only) {
      const candidates = items.slice(0, MOST_CANDIDATES).map(candidateOf);
      this.askWhich(talk, { said: who.text, candidates, more: total - candidates.length, waiting });
    } else talk.fail(`I know no lead with the ${who.kind === 'phone' ? 'phone number' : 'e-mail'} ${who.text}.`);
    return undefined;
  }

  private found(talk: Talk, lead: FoundLead | LeadView): MeantLead {
    talk.focus(lead);
    return lead;
  }

  private askWhich(
    talk: Talk,
    { said, candidates, more, waiting }: { said: string; candidates: readonly Candidate[]; more: number; waiting: readonly Command[] },
  ): void {
    const lines = candidates.map((one, at) => `${at + 1}. ${talk.turn.words.lead(one)}`);
    const rest = more > 0 ? [`… and ${more} more; tell me the company or the e-mail.`] : [];
    talk.say([`Which ${said} do you mean?`, ...lines, ...rest].join('\n'));
    talk.suggest('the first one');
    talk.ask(candidates, waiting);
  }

  private sayUnknown(
    talk: Talk,
    { said, nearest, waiting }: { said: string; nearest: readonly Candidate[]; waiting: readonly Command[] },
  ): void {
    if (nearest.length === 0) {
      talk.fail(`I know no lead called “${said}”. Nothing was changed.`);
      return;
    }
    const names = nearest.map((one) => talk.turn.words.lead(one));
    talk.say(`I know no lead called “${said}”, so nothing was changed. Did you mean ${joined(names, 'or')}?`);
    talk.suggest(nearest.length === 1 ? 'yes' : 'the first one');
    talk.ask(nearest, waiting);
  }
}
