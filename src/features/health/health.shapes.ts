import { Decimal, ListOfShape, OneOf, Text } from '../../platform/http/shapes/fields.js';

/** The answer of a probe that touches nothing. */
export class Alive {
  @OneOf(['ok']) status: 'ok';
  @Text({ max: 20, example: '12.4', description: 'Seconds since the process started.' }) uptimeSeconds: string;
}

/** One dependency as the readiness probe saw it. */
export class DependencyCheck {
  @Text({ max: 40, example: 'database' }) name: string;
  @OneOf(['up', 'down']) status: 'up' | 'down';
  @Decimal({ example: 1.8, description: 'Milliseconds the check took.' }) ms: number;
  @Text({ max: 300, optional: true, example: 'connection refused', description: 'What is wrong, when it is down.' }) detail?: string;
}

/** Whether requests can be served, and what every dependency says. */
export class Readiness {
  @OneOf(['ok', 'error']) status: 'ok' | 'error';
  @ListOfShape(() => DependencyCheck) checks: DependencyCheck[];
}
