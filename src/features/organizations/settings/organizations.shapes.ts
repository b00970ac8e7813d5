import { mergePatchOf } from '../../../platform/http/shapes/builders.js';
import { Id, Instant, Int, OneOf, Text, TimeZone } from '../../../platform/http/shapes/fields.js';

const STATUSES = ['active', 'deactivated'] as const;
const NAME = { min: 1, max: 120, example: 'Acme Robotics' } as const;
const COUNTRY = { min: 2, max: 2, description: 'ISO 3166 code of two letters.', example: 'PT' } as const;
const CURRENCY = { min: 3, max: 3, description: 'ISO 4217 code of three letters.', example: 'EUR' } as const;

export class CreateOrganization {
  @Text(NAME)
  name: string;

  @Text(COUNTRY)
  country: string;

  @Text({ ...CURRENCY, optional: true })
  baseCurrency?: string;

  @TimeZone({ optional: true })
  timeZone?: string;
}

export class OrganizationSettings {
  @Text(NAME)
  name: string;

  @Text(COUNTRY)
  country: string;

  @Text(CURRENCY)
  baseCurrency: string;

  @TimeZone()
  timeZone: string;
}

export class UpdateOrganization extends mergePatchOf(OrganizationSettings) {}

export class OrganizationView extends OrganizationSettings {
  @Id()
  id: string;

  @OneOf(STATUSES, { description: 'A deactivated organization keeps everything and can be worked in by nobody.' })
  status: (typeof STATUSES)[number];

  @Instant()
  createdAt: string;

  @Instant()
  updatedAt: string;

  @Int({ example: 3 })
  version: number;
}

export class OrganizationCreated extends OrganizationView {
  @Text({ max: 60, example: 'owner', description: 'Your role in it.' })
  role: string;

  @Text({ max: 300, example: 'Call POST /api/v1/auth/switch with this organization to work in it.' })
  nextStep: string;
}

export class MyOrganization {
  @Id()
  id: string;

  @Text(NAME)
  name: string;

  @Text(COUNTRY)
  country: string;

  @Text(CURRENCY)
  baseCurrency: string;

  @TimeZone()
  timeZone: string;

  @OneOf(STATUSES)
  status: (typeof STATUSES)[number];

  @Text({ max: 60, example: 'manager', description: 'Your role in it.' })
  role: string;

  @OneOf(['active', 'inactive'], { description: 'Whether you may work in it.' })
  membershipStatus: 'active' | 'inactive';
}
