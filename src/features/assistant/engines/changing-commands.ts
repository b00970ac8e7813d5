import { Injectable } from '@nestjs/common';
import type { LeadView } from '../../crm/index.js';
import { joined, type Wording } from '../answers/wording.js';
import type { Command, NewLead, StatusChoice } from '../understanding/command.js';
import { patchOf } from './command-filter.js';
import { LeadsMeant, type MeantLead } from './leads-meant.js';
import type { OutcomeOf } from './read-outcome.js';
import { faultText } from '../answers/fault-text.js';
import type { ToolFault } from '../tools/tool-outcome.js';
import type { Talk } from './talk.js';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

const MOST_DUPLICATES = 3;

/** Commands that change one lead at once, and the one that takes a change back. */
@Injectable()
export class ChangingCommands {
  constructor(private readonly leads: LeadsMeant) {}

  async create(talk: Talk, { lead }: Of<'create'>): Promise<void> {
    const outcome = await this.leads.call(talk, 'create_lead', inputOf(lead));
    if (!outcome.ok) return talk.fail(notCreated(lead.name, outcome.error));
    const made = outcome.result.lead;
    talk.focus(made);
    const { words } = talk.turn;
    const facts = [
      `in ${words.stage(made.status, made.pipelineId)}`,
      ...(made.value ? [`worth ${words.money(made.value)}`] : []),
      ...(made.email ? [`e-mail ${made.email}`] : []),
      ...(made.phone ? [`phone ${made.phone}`] : []),
      ...(made.ownerId ? [`owner ${words.member(made.ownerId)}`] : []),
      ...(made.source ? [`source ${made.source}`] : []),
      ...(made.tags.length > 0 ? [`tags ${made.tags.join(', ')}`] : []),
    ];
    talk.say(`I created ${words.lead(made)} ${facts.join(', ')}.${duplicatesNote(outcome.result.lead.duplicates ?? [])}`);
    talk.suggest('undo');
  }

  async set(talk: Talk, command: Of<'set'>, waiting: readonly Command[]): Promise<void> {
    const meant = await this.leads.one(talk, command.who, waiting);
    if (!meant) return;
    const outcome = await this.leads.call(talk, 'update_lead_field', { leadId: meant.id, ...patchOf(command.changes) });
    this.sayChanged(talk, meant, outcome);
  }

  async move(talk: Talk, command: Of<'move'>, waiting: readonly Command[]): Promise<void> {
    const meant = await this.leads.one(talk, command.who, waiting);
    if (!meant) return;
    const status = stageFor(meant, command.status);
    const { words } = talk.turn;
    if (status === undefined) return talk.fail(noStage(talk, meant, command.status));
    if (status === meant.status) return talk.say(`${words.lead(meant)} is in ${words.stage(status, meant.pipelineId)} already.`);
    const outcome = await this.leads.call(talk, 'update_lead_status', { leadId: meant.id, status });
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { lead } = outcome.result;
    talk.focus(lead);
    const from = words.stage(meant.status, meant.pipelineId);
    talk.say(`I moved ${words.lead(lead)} from ${from} to ${words.stage(lead.status, lead.pipelineId)}.`);
    talk.suggest('undo');
  }

  async addNote(talk: Talk, command: Of<'add-note'>, waiting: readonly Command[]): Promise<void> {
    const meant = await this.leads.one(talk, command.who, waiting);
    if (!meant) return;
    const outcome = await this.leads.call(talk, 'add_note', { leadId: meant.id, body: command.text });
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    talk.say(`I added a note to ${talk.turn.words.lead(meant)}: “${command.text}”`);
    talk.suggest('undo');
  }

  async addTask(talk: Talk, command: Of<'add-task'>, waiting: readonly Command[]): Promise<void> {
    if (command.who === null) return talk.fail(`Which lead is the task “${command.title}” for? Name the lead in the same sentence.`);
    const meant = await this.leads.one(talk, command.who, waiting);
    if (!meant) return;
    const { title, due } = command;
    const when = due === null ? {} : due.hasTime ? { dueAt: due.at } : { dueOn: due.on };
    const outcome = await this.leads.call(talk, 'add_task', { leadId: meant.id, title, ...when });
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const by = due === null ? '' : `, due ${due.hasTime ? momentText(due.at, talk.turn.facts.timeZone) : due.on}`;
    talk.say(`I added the task “${title}” to ${talk.turn.words.lead(meant)}${by}.`);
    talk.suggest('undo');
  }

  async undo(talk: Talk): Promise<void> {
    const outcome = await this.leads.call(talk, 'undo', {});
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { undone, leads } = outcome.result;
    const [only] = leads;
    if (leads.length === 1 && only && only.op !== 'create') talk.focus(only);
    for (const { id, op } of leads) if (op === 'create') talk.forget(id);
    talk.say(`I have undone this: ${undone}.`);
  }

  private sayChanged(talk: Talk, meant: MeantLead, outcome: OutcomeOf<'update_lead_field'>): void {
    if (!outcome.ok) return talk.fail(faultText(outcome.error));
    const { lead, changed, before = {}, after = {} } = outcome.result;
    talk.focus(lead);
    const { words } = talk.turn;
    if (!changed) return talk.say(`${words.lead(meant)} is like that already; nothing was changed.`);
    talk.say(`I changed ${words.lead(meant)}: ${joined(setTexts(before, after, words, lead.pipelineId))}.`);
    talk.suggest('undo');
  }
}

function setTexts(before: object, after: object, words: Wording, pipelineId: string): string[] {
  const old = before as Record<string, unknown>;
  return Object.entries(after).map(([name, value]) => {
    const was = words.value(name, old[name], pipelineId);
    return `the ${words.field(name)} ${words.isMany(name) ? 'are' : 'is'} now ${words.value(name, value, pipelineId)} (was ${was})`;
  });
}

/** The key of the stage a status means for a lead: that of its own pipeline. */
export function stageFor({ pipelineId }: Pick<LeadView, 'pipelineId'>, { stages }: StatusChoice): string | undefined {
  return stages.find((stage) => stage.pipelineId === pipelineId)?.key;
}

function noStage({ turn }: Talk, lead: MeantLead, status: StatusChoice): string {
  const names = turn.facts.stages.filter(({ pipelineId }) => pipelineId === lead.pipelineId).map(({ name }) => name);
  return `The pipeline of ${turn.words.lead(lead)} has no status “${status.text}”. It has ${joined(names)}.`;
}

function inputOf({ owner, status, custom, ...same }: NewLead): object {
  const [stage] = status?.stages ?? [];
  return {
    ...same,
    ...(owner?.kind === 'member' ? { ownerId: owner.id } : {}),
    ...(stage ? { pipelineId: stage.pipelineId, status: stage.key } : {}),
    ...(custom ? { attributes: custom } : {}),
  };
}

/** Why a lead was not made; one that is there already is named. */
function notCreated(name: string, error: ToolFault): string {
  const { code, leads = [] } = error;
  if (code !== 'lead-already-exists' || leads.length === 0) return faultText(error);
  const names = leads.slice(0, MOST_DUPLICATES).map((one) => one.name);
  return `I did not create ${name}: that seems to be ${joined(names, 'or')}, who ${names.length === 1 ? 'is' : 'are'} here already.`;
}

function duplicatesNote(duplicates: readonly { readonly name: string }[]): string {
  if (duplicates.length === 0) return '';
  const names = duplicates.slice(0, MOST_DUPLICATES).map(({ name }) => name);
  return ` It may be the same person as ${joined(names, 'or')}, who ${names.length === 1 ? 'is' : 'are'} here already.`;
}

function momentText(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(at));
}
