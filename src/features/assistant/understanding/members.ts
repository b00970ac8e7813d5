import { didYouMean } from '../../../shared/did-you-mean.js';
import { foldText } from '../../../shared/text.js';
import type { DialogueContext, OwnerChoice, Refusal } from './command.js';

const ME = /^(?:me|myself|i|my ?self|us)$/i;
const NOBODY = /^(?:nobody|no ?one|none|noone|anybody|anyone|no owner|nothing)$/i;

type Member = DialogueContext['members'][number];

/** Who is meant by a name, a first or last name, an address or "me"; undefined when nobody is or several are. */
export function ownerNamed(text: string, context: DialogueContext): OwnerChoice | undefined {
  const name = text.trim().replace(/'s$/, '');
  if (ME.test(name)) return { kind: 'member', id: context.me.id, name: context.me.name };
  if (NOBODY.test(name)) return { kind: 'nobody' };
  const found = membersNamed(name, context.members);
  return found.length === 1 ? { kind: 'member', id: found[0].id, name: found[0].name } : undefined;
}

/** Why a text names no member. */
export function ownerRefusal(text: string, context: DialogueContext): Refusal {
  const found = membersNamed(text.trim(), context.members);
  const names = (found.length > 1 ? found : context.members).slice(0, 20).map(({ name }) => name);
  if (found.length > 1) {
    return {
      kind: 'refused',
      why: 'member-ambiguous',
      message: `Several people are called "${text.trim()}": ${names.join(', ')}.`,
      validOptions: names,
    };
  }
  const firstNames = context.members.map(({ name }) => name.split(' ')[0]);
  const meant = didYouMean(text.trim(), [...names, ...firstNames]);
  const whole = context.members.find(({ name }) => name === meant || name.split(' ')[0] === meant)?.name;
  const message = `Nobody called "${text.trim()}" works here.${whole ? ` Did you mean ${whole}?` : ''}`;
  return { kind: 'refused', why: 'member', message, validOptions: names, ...(whole ? { didYouMean: whole } : {}) };
}

function membersNamed(text: string, members: readonly Member[]): Member[] {
  const wanted = foldText(text);
  if (wanted === '') return [];
  const exact = members.filter(({ name, email }) => foldText(name) === wanted || email.toLowerCase() === wanted);
  if (exact.length > 0) return exact;
  const words = wanted.split(' ');
  return members.filter(({ name }) => {
    const parts = foldText(name).split(/[\s-]+/);
    return words.every((word) => parts.includes(word));
  });
}
