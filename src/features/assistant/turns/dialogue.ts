import type { Command } from '../understanding/command.js';

/** A lead that was spoken of. */
export interface SpokenLead {
  readonly id: string;
  readonly name: string;
}

export interface Candidate extends SpokenLead {
  readonly company: string | null;
}

/** A question that waits for an answer: which of the candidates was meant, and what is to be done then. */
export interface OpenQuestion {
  readonly candidates: readonly Candidate[];
  /** The command that could not be done yet, first, and those that came after it in the same message. */
  readonly commands: readonly Command[];
}

/** What the next message of a conversation may lean on. */
export interface Dialogue {
  /** The latest first. */
  readonly focus?: readonly SpokenLead[];
  /** Leads listed last, in the order they were shown. */
  readonly listed?: readonly string[];
  readonly question?: OpenQuestion;
}

const MOST_IN_FOCUS = 10;

/** The dialogue after somebody was spoken of. */
export function withFocus(dialogue: Dialogue, lead: SpokenLead): Dialogue {
  const others = (dialogue.focus ?? []).filter(({ id }) => id !== lead.id);
  return { ...dialogue, focus: [{ id: lead.id, name: lead.name }, ...others].slice(0, MOST_IN_FOCUS) };
}

/** The dialogue after a lead is gone: nobody means it by "him" any more. */
export function withoutLead(dialogue: Dialogue, leadId: string): Dialogue {
  return { ...dialogue, focus: (dialogue.focus ?? []).filter(({ id }) => id !== leadId) };
}

export function withoutQuestion(dialogue: Dialogue): Dialogue {
  const { question, ...rest } = dialogue;
  return question ? rest : dialogue;
}
