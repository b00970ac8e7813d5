import type { Problem } from '../../../platform/http/problems/problem.js';
import { jsonPointer } from '../../../shared/json.js';
import { didYouMean } from '../../../shared/did-you-mean.js';
import { LeadIncomplete, MoveNotAllowed, ReasonNotAsked, ReasonRequired, ReasonUnknown } from './pipelines.errors.js';
import type { Refusal } from './stage-rules.js';

const CODES: Readonly<Record<Refusal['why'], string>> = {
  move: MoveNotAllowed.definition.code,
  fields: LeadIncomplete.definition.code,
  'reason-missing': ReasonRequired.definition.code,
  'reason-unknown': ReasonUnknown.definition.code,
  'reason-not-asked': ReasonNotAsked.definition.code,
};

/** The code of the problem a refusal is. */
export const refusalCode = ({ why }: Refusal): string => CODES[why];

/** A refusal in a sentence, for reports that have no problem details. */
export function refusalText(refusal: Refusal): string {
  const { stage } = refusal;
  switch (refusal.why) {
    case 'move':
      return `A lead cannot go from “${refusal.from.name}” to “${stage.name}”. ${allowedText(refusal.validOptions)}`;
    case 'fields':
      return `A lead needs ${refusal.missing.join(', ')} to come into “${stage.name}”.`;
    case 'reason-missing':
      return `“${stage.name}” asks for a reason${refusal.validOptions.length > 0 ? `: ${refusal.validOptions.join(', ')}` : ''}.`;
    case 'reason-unknown':
      return `The reason must be one of: ${refusal.validOptions.join(', ')}.`;
    case 'reason-not-asked':
      return `“${stage.name}” is an open stage; a reason belongs to a won or lost one.`;
  }
}

const allowedText = (options: readonly string[]): string =>
  options.length > 0 ? `From there it can go to: ${options.join(', ')}.` : 'From there it can go nowhere.';

/** A refusal as a problem; `given` is the stage as the caller wrote it. */
export function refusalProblem(refusal: Refusal, given: string): Problem {
  const detail = refusalText(refusal);
  const reasonError = (code: string, more: { validOptions?: readonly string[]; didYouMean?: string }) => ({
    detail,
    ...more,
    errors: [{ pointer: '/reason', code, message: detail, ...more }],
  });
  switch (refusal.why) {
    case 'move': {
      const { validOptions, from } = refusal;
      const meant = didYouMean(given, validOptions);
      return MoveNotAllowed({
        detail,
        validOptions,
        ...(meant ? { didYouMean: meant } : {}),
        extra: { from: from.key, to: refusal.stage.key },
      });
    }
    case 'fields': {
      const errors = refusal.missing.map((field) => ({
        pointer: jsonPointer(field.split('.')),
        code: 'required',
        message: `is required in “${refusal.stage.name}”`,
      }));
      return LeadIncomplete({ detail, errors });
    }
    case 'reason-missing':
      return ReasonRequired(reasonError('reason-required', optional(refusal.validOptions)));
    case 'reason-unknown': {
      const { validOptions, didYouMean: meant } = refusal;
      return ReasonUnknown(reasonError('reason-unknown', { validOptions, ...(meant === undefined ? {} : { didYouMean: meant }) }));
    }
    case 'reason-not-asked':
      return ReasonNotAsked(reasonError('reason-not-asked', {}));
  }
}

const optional = (validOptions: readonly string[]): { validOptions?: readonly string[] } =>
  validOptions.length > 0 ? { validOptions } : {};
