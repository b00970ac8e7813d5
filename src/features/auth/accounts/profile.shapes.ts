import { Bool, Email, Id, Instant, Int, Text, TimeZone } from '../../../platform/http/shapes/fields.js';
import { mergePatchOf } from '../../../platform/http/shapes/builders.js';

const LOCALE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/;

/** What people say of themselves. */
export class ProfileFields {
  @Text({ max: 120, min: 1, example: 'Ana Sousa' }) name: string;
  @TimeZone({ optional: true }) timeZone?: string;
  @Text({ max: 20, pattern: LOCALE, expected: 'a language tag such as pt-PT', optional: true, example: 'pt-PT' }) locale?: string;
}

export class UpdateProfile extends mergePatchOf(ProfileFields) {}

export class ProfileView {
  @Id() id: string;
  @Email() email: string;
  @Text({ max: 120, example: 'Ana Sousa' }) name: string;
  @TimeZone({ nullable: true }) timeZone: string | null;
  @Text({ max: 20, nullable: true, example: 'pt-PT' }) locale: string | null;
  @Instant({ nullable: true }) emailVerifiedAt: string | null;
  @Bool() isPlatformAdmin: boolean;
  @Id({ nullable: true, description: 'The organization this request works in.' }) organizationId: string | null;
  @Text({ max: 100, nullable: true, description: 'The role there.', example: 'owner' }) role: string | null;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
  @Int({ min: 1, example: 3 }) version: number;
}

export class ChangeEmail {
  @Email() newEmail: string;
  @Text({ max: 1000, min: 1, secret: true, example: 'Orchard-Lantern-42' }) password: string;
}
