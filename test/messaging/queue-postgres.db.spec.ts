import { describeDelivery } from './delivery-suite.js';

describeDelivery('PostgreSQL', () => ({}));
