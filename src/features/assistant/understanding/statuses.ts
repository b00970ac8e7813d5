import { didYouMean } from '../../../shared/did-you-mean.js';
import { foldText } from '../../../shared/text.js';
import type { DialogueContext, Refusal, StageKind, StageRef, StatusChoice } from './command.js';
import { isSlipOf } from './typing-errors.js';

type Stage = DialogueContext['stages'][number];

/** Words of a kind that say nothing about which stage it is, when no stage is called so. */
const KINDS: Readonly<Record<StageKind, ReadonlySet<string>>> = {
  won: new Set(['won', 'win', 'wins', 'winner', 'closed won', 'close won', 'close win', 'closed win', 'deal won', 'success', 'successful']),
  lost: new Set([
    'lost',
    'lose',
    'loss',
    'losses',
    'closed lost',
    'close lost',
    'closed loss',
    'deal lost',
    'dead',
    'failed',
    'unsuccessful',
  ]),
  open: new Set(['open', 'active', 'ongoing', 'in progress', 'running', 'not closed', 'still open']),
};
const CLOSED: ReadonlySet<string> = new Set(['closed', 'finished', 'done', 'completed']);
const EMPTY_WORDS =
  /\b(?:the|a|an|our|stage|stages|column|columns|status|state|phase|step|list|has|have|been|is|was|are|be|now|one|deals?|leads?)\b/g;

/** Words of a status without what says nothing, in the form they are compared. */
function wordsOf(text: string): string[] {
  return foldText(text)
    .replace(/[-_/]+/g, ' ')
    .replace(/[^\p{L}\p{N} ]+/gu, '')
    .replace(EMPTY_WORDS, ' ')
    .split(' ')
    .filter((word) => word !== '');
}

/** "interested" and "interest", "won" and "win", "meetings" and "meeting" are one word. */
function stem(word: string): string {
  if (word === 'win' || word === 'wins' || word === 'winning') return 'won';
  if (word === 'lose' || word === 'loss' || word === 'losing') return 'lost';
  if (word === 'close' || word === 'closing') return 'closed';
  return word.length > 5 ? word.replace(/(?:ed|ing|s)$/, '') : word.length > 4 ? word.replace(/s$/, '') : word;
}

const isWord = (given: string, word: string): boolean => stem(given) === stem(word);

const isNear = (given: string, word: string): boolean => isWord(given, word) || (given.length >= 3 && isSlipOf(given, word));

/** How well words fit a stage: 4 exact, 3 misspelt, 2 a part of it, 1 a misspelt part; 0 not at all. */
function fit(words: readonly string[], stage: Stage): number {
  const options = [wordsOf(stage.name), wordsOf(stage.key)].filter((option) => option.length > 0);
  const grades = options.map((option) => {
    const isWhole = words.length === option.length;
    if (words.every((word) => option.some((other) => isWord(word, other)))) return isWhole ? 4 : 2;
    const isAlike = words.every((word) => option.some((other) => isNear(word, other)));
    if (isAlike) return isWhole ? 3 : 1;
    return isNear(words.join(''), option.join('')) ? 3 : 0;
  });
  return Math.max(0, ...grades);
}

const ref = ({ pipelineId, key, name }: Stage): StageRef => ({ pipelineId, key, name });

/** The one stage in each pipeline that a text names; undefined when none does, `ambiguous` when several in one pipeline do. */
function stagesNamed(text: string, stages: readonly Stage[]): StageRef[] | 'ambiguous' | undefined {
  const words = wordsOf(text);
  if (words.length === 0 || words.length > 8) return undefined;
  const grades = stages.map((stage) => fit(words, stage));
  const best = Math.max(0, ...grades);
  if (best < 3) {
    const kind = kindNamed(text);
    const ofKind = kind && stages.filter((stage) => stage.kind === kind);
    if (kind && kind !== 'open' && ofKind && ofKind.length > 0) return onePerPipeline(ofKind);
  }
  if (best === 0) return undefined;
  return onePerPipeline(stages.filter((_, index) => grades[index] === best));
}

function onePerPipeline(stages: readonly Stage[]): StageRef[] | 'ambiguous' {
  const pipelines = new Set(stages.map(({ pipelineId }) => pipelineId));
  return pipelines.size === stages.length ? stages.map(ref) : 'ambiguous';
}

function kindNamed(text: string): StageKind | undefined {
  const words = foldText(text).replace(/[-_]/g, ' ').replace(EMPTY_WORDS, ' ').replace(/\s+/g, ' ').trim();
  return (['won', 'lost', 'open'] as const).find((kind) => KINDS[kind].has(words));
}

/** The status to move to; undefined when the text names none. */
export function statusNamed(text: string, context: DialogueContext): StatusChoice | undefined {
  const stages = stagesNamed(text, context.stages);
  return Array.isArray(stages) ? { text: text.trim(), stages } : undefined;
}

/** The stages to look in; also "open", "closed", "won" and "lost" where they are several. */
export function statusesNamed(text: string, context: DialogueContext): StatusChoice | undefined {
  const exact = statusNamed(text, context);
  if (exact) return exact;
  const words = foldText(text).replace(EMPTY_WORDS, ' ').replace(/\s+/g, ' ').trim();
  const kind = kindNamed(text);
  const isWanted = (stage: Stage): boolean => (CLOSED.has(words) ? stage.kind !== 'open' : stage.kind === kind);
  const stages = kind || CLOSED.has(words) ? context.stages.filter(isWanted) : [];
  return stages.length > 0 ? { text: text.trim(), stages: stages.map(ref) } : undefined;
}

/** Why a text is no status to move to, with what there is. */
export function statusRefusal(text: string, context: DialogueContext): Refusal {
  const validOptions = [...new Set(context.stages.map(({ name }) => name))];
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  if (stagesNamed(text, context.stages) === 'ambiguous') {
    return {
      kind: 'refused',
      why: 'status-ambiguous',
      message: `"${shown}" may be several statuses: ${validOptions.join(', ')}.`,
      validOptions,
    };
  }
  const meant = didYouMean(text, validOptions);
  const hint = meant ? ` Did you mean ${meant}?` : '';
  const message = `There is no status "${shown}".${hint} There are: ${validOptions.join(', ')}.`;
  return { kind: 'refused', why: 'status', message, validOptions, ...(meant ? { didYouMean: meant } : {}) };
}
