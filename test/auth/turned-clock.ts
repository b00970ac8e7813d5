import { Clock, ManualClock } from '../../src/platform/clock/clock.js';
import type { TestApp } from '../harness/test-app.js';

/** Makes the app's clock stand still until the test turns it. It starts now, because tokens are verified by the time of the machine. */
export function turnedClock(app: TestApp): ManualClock {
  const manual = new ManualClock(new Date());
  Object.assign(app.nest.get(Clock), { now: () => manual.now() });
  return manual;
}
