import { Email, OneOf, Text } from '../../../platform/http/shapes/fields.js';

export class Register {
  @Email() email: string;
  @Text({ max: 120, min: 1, example: 'Ana Sousa', description: 'As you want to be called.' }) name: string;
  @Text({
    max: 1000,
    min: 1,
    secret: true,
    example: 'Orchard-Lantern-42',
    description: 'At least 10 characters with upper and lower case and a digit.',
  })
  password: string;
  @Text({
    max: 300,
    min: 1,
    optional: true,
    description: 'From the link of an invitation: joins its organization at once.',
    example: 'inv_9x2Lr4TqWm8ZkP1vB6nC3dF7gH0jK5sA',
  })
  invitationToken?: string;
}

export class RegistrationAnswer {
  @OneOf(['check-mail', 'ready'], { description: '`ready` only with an invitation: then log in.' }) status: 'check-mail' | 'ready';
  @Text({ max: 200, example: 'We have sent you a mail. Confirm your address with its link or code.' }) message: string;
}

export class MailRequest {
  @Email() email: string;
}

export class MailAnswer {
  @Text({ max: 200, example: 'If there is such an account, a mail is on its way.' }) message: string;
}
