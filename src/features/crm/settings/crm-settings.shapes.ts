import { Int, OneOf } from '../../../platform/http/shapes/fields.js';

export const DUPLICATE_POLICIES = ['warn', 'refuse'] as const;
export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number];

export class PutCrmSettings {
  @OneOf(DUPLICATE_POLICIES, {
    description: 'What to do when a new lead may exist already and the request does not say: make it and say so, or refuse.',
    example: 'warn',
  })
  onDuplicate: DuplicatePolicy;
}

/** How the CRM of an organization behaves. */
export class CrmSettingsView extends PutCrmSettings {
  @Int({ min: 1, description: 'Counts changes; the ETag is made of it.', example: 1 }) version: number;
}
