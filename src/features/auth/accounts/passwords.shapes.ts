import { Text } from '../../../platform/http/shapes/fields.js';
import { ProofShape } from './proof.shapes.js';

export class ResetPassword extends ProofShape {
  @Text({ max: 1000, min: 1, secret: true, example: 'Harbour-Violin-77' }) password: string;
}

export class ChangePassword {
  @Text({ max: 1000, min: 1, secret: true, example: 'Orchard-Lantern-42' }) currentPassword: string;
  @Text({ max: 1000, min: 1, secret: true, example: 'Harbour-Violin-77' }) newPassword: string;
}
