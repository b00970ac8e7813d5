import type { ToolFault } from '../tools/tool-outcome.js';
import { joined } from './wording.js';

/** A fault in words, with what would have been right where that is not said already. */
export function faultText({ message, validOptions = [], didYouMean }: ToolFault): string {
  const meant = didYouMean !== undefined && !message.includes(didYouMean) ? ` Did you mean “${didYouMean}”?` : '';
  const isSaid = validOptions.length === 0 || validOptions.some((option) => message.includes(option));
  return `${message}${meant}${isSaid ? '' : ` You can say ${joined(validOptions, 'or')}.`}`;
}
