import { Id } from '../../../platform/http/shapes/fields.js';
import { job } from '../../../platform/messaging/definitions.js';

export class SendInvitationPayload {
  @Id()
  invitationId: string;
}

export const SendInvitation = job({
  name: 'organizations.send-invitation',
  queue: 'mail',
  payload: SendInvitationPayload,
  attempts: 8,
  timeoutMs: 30_000,
});
