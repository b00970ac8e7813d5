import { Id, Instant, Int, ListOfShape, Text } from '../../platform/http/shapes/fields.js';

/** A mail that was captured instead of sent. */
export class CapturedMailView {
  @Id() id: string;
  @Text({ max: 400, example: 'Concord <no-reply@localhost>' }) from: string;
  @Text({ max: 400, example: 'ana@example.com' }) to: string;
  @Text({ max: 200, example: 'Confirm your e-mail address' }) subject: string;
  @Text({ max: 200_000, example: 'Hello Ana,\n\nPlease confirm ...', description: 'The plain form. The HTML form is at /dev/mails/{id}.' })
  text: string;
  @Instant() capturedAt: Date;
}

/** The latest captured mails, newest first. */
export class CapturedMailList {
  @ListOfShape(() => CapturedMailView) items: CapturedMailView[];
}

/** Which mails to show. */
export class CapturedMailQuery {
  @Text({ max: 254, optional: true, example: 'ana@example.com', description: 'Only mails to this address.' }) to?: string;
  @Int({ min: 1, max: 500, default: 50, optional: true, example: 50 }) limit?: number;
}
