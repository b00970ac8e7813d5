import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Text } from '../http/shapes/fields.js';
import { declaredDefinitions, event, job, schedule } from './definitions.js';
import { type FoundMethod, handlersByName } from './handler-registry.js';

class Payload {
  @Text({ max: 10 }) what: string;
}

const base = { queue: 'default', payload: Payload, attempts: 1, timeoutMs: 1_000 } as const;
const Work = job({ name: 'spec.work', ...base });
const Happened = event({ name: 'spec.happened', payload: Payload });
const Tick = schedule({ name: 'spec.tick', every: 60 });
const method = (definition: object, place: string): FoundMethod => ({
  definition: definition as FoundMethod['definition'],
  place,
  run: () => Promise.resolve(),
});
const definitions = declaredDefinitions();

describe('definitions', () => {
  it('refuse a name that is used or is none', () => {
    expect(() => job({ name: 'spec.work', ...base })).toThrow('declared twice');
    expect(() => schedule({ name: 'spec.happened', every: 1 })).toThrow('declared twice');
    expect(() => event({ name: 'Work', payload: Payload })).toThrow('not a name');
    expect(() => schedule({ name: 'spec.half', every: 0.5 })).toThrow('whole seconds');
  });
});

describe('handlersByName', () => {
  it('pairs each job and schedule with its one method, and an event with all of its listeners', () => {
    const handlers = handlersByName(definitions, [
      method(Work, 'A.work'),
      method(Tick, 'A.tick'),
      method(Happened, 'A.on'),
      method(Happened, 'B.on'),
    ]);
    expect([...handlers.keys()]).toEqual(['spec.work', 'spec.tick', 'spec.happened:A.on', 'spec.happened:B.on']);
    expect(handlers.get('spec.work')).toMatchObject({ queue: 'default', attempts: 1, timeoutMs: 1_000, payload: Payload });
  });

  it('allows an event that nobody hears', () => {
    expect(handlersByName(definitions, [method(Work, 'A.work'), method(Tick, 'A.tick')]).size).toBe(2);
  });

  it('names every fault at once', () => {
    const wrong = [method(Work, 'A.work'), method(Work, 'B.work'), method(Happened, 'A.on'), method(Happened, 'A.on')];
    expect(() => handlersByName(definitions, wrong)).toThrow(
      'Jobs are not wired: "spec.work" has a second handler, B.work; "spec.happened:A.on" has a second handler, A.on; the schedule "spec.tick" has no handler',
    );
  });
});
