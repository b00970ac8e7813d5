import { describe, expect, it } from '@jest/globals';
import { Secret } from '../config/secret.js';
import { callSiteOf } from './call-site.js';
import { withLogContext } from './log-context.js';
import type { Logger } from './logger.js';
import { createLogger } from './logger.js';
import { NestLog } from './nest-log.js';

function capture(logFormat: 'json' | 'text', logLevel: 'debug' | 'info' | 'warn' = 'info'): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  return { logger: createLogger({ logFormat, logLevel }, { write: (line) => void lines.push(line) }), lines };
}

function fieldsOf(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? '{}') as Record<string, unknown>;
}

describe('JSON lines', () => {
  it('carry level, time, message, fields and the log id of the context', async () => {
    const { logger, lines } = capture('json');
    await withLogContext({ logId: 'req-12345678' }, async () => {
      await Promise.resolve();
      logger.info({ route: '/x' }, 'hello');
    });
    logger.info('outside');
    expect(fieldsOf(lines[0])).toMatchObject({ level: 30, msg: 'hello', route: '/x', log_id: 'req-12345678' });
    expect(fieldsOf(lines[0])['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(fieldsOf(lines[1])).not.toHaveProperty('log_id');
    expect(lines[0]).not.toMatch(/hostname|place/);
  });

  it('leave out what is named like a secret, at any depth, and in child loggers', () => {
    const { logger, lines } = capture('json');
    const headers = { authorization: 'Bearer hunter2-a', 'Set-Cookie': ['hunter2-b'], accept: 'text/html' };
    const user = { newPassword: 'hunter2-c', refresh_token: 'hunter2-d', tokenCount: 3, list: [{ otp: 'hunter2-e' }] };
    logger
      .child({ apiKey: 'hunter2-f' })
      .info({ request: { headers }, user, code: 'hunter2-g', body: { a: 'hunter2-h' }, key: new Secret('hunter2-i') });
    expect(lines[0]).not.toContain('hunter2');
    expect(fieldsOf(lines[0])).toMatchObject({
      request: { headers: { accept: 'text/html' } },
      user: { tokenCount: 3 },
      apiKey: '[redacted]',
    });
  });

  it('mask credentials inside of texts', () => {
    const { logger, lines } = capture('json');
    logger.info(
      'connecting to postgres://owner:hunter2@db/x with Bearer abc.hunter2.def and eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJodW50ZXIyIn0.c2ln',
    );
    expect(lines[0]).toContain('postgres://owner:***@db/x with Bearer *** and ***');
    expect(lines[0]).not.toContain('hunter2');
  });

  it('keep what explains an error, not what it carries', () => {
    const { logger, lines } = capture('json');
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', config: { headers: { authorization: 'hunter2' } } });
    logger.error(new Error('outer', { cause }));
    const { err } = fieldsOf(lines[0]) as { err: { message: string; stack: string; cause: { code: string } } };
    expect(err).toMatchObject({ message: 'outer', cause: { code: 'ECONNREFUSED', message: 'refused' } });
    expect(err.stack).toContain('logger.spec');
    expect(lines[0]).not.toContain('hunter2');
    logger.error({ err: Object.assign(new Error('bad'), { code: '482913' }) });
    expect(lines[1]).not.toContain('482913');
  });

  it('survive cycles and big numbers', () => {
    const { logger, lines } = capture('json');
    const loop: Record<string, unknown> = { n: 12n };
    loop['self'] = loop;
    logger.info({ loop });
    expect(lines[0]).toContain('"n":"12"');
  });
});

describe('text lines', () => {
  it('have time, level, log id, place, function, message and extra fields between pipes', () => {
    const { logger, lines } = capture('text');
    function lendTool(): void {
      withLogContext({ logId: 'req-12345678' }, () => logger.warn({ tool: 'saw', days: 3, note: 'two words' }, 'lent'));
    }
    lendTool();
    const columns = lines[0]?.split(' | ') ?? [];
    expect(columns).toHaveLength(6);
    expect(columns[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(columns.slice(1, 3)).toEqual(['WARN', 'req-12345678']);
    expect(columns[3]).toMatch(/^logger\.spec\.ts:\d+$/);
    expect(columns[4]).toMatch(/^\w+$/);
    expect(columns[5]).toBe('lent tool=saw days=3 note="two words"\n');
  });

  it('cannot be forged by a line break', () => {
    const { logger, lines } = capture('text');
    logger.info({ name: 'x\n2030-01-01 00:00:00 | ERROR' }, 'a\n2030-01-01 00:00:00 | ERROR | fake');
    expect(lines.join('').match(/\n/g)).toHaveLength(1);
  });

  it('indent the stack of an error below the line', () => {
    const { logger, lines } = capture('text');
    logger.error({ err: new Error('broken') }, 'failed');
    expect(lines[0]).toMatch(/ \| failed\n {4}Error: broken\n {4}at /);
  });

  it('take no stack for a level that is off', () => {
    const { logger, lines } = capture('text', 'warn');
    const before = Error.stackTraceLimit;
    let touched = 0;
    Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, get: () => before, set: () => void touched++ });
    logger.info('quiet');
    const whenOff = touched;
    logger.warn('loud');
    Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, writable: true, value: before });
    expect([whenOff, touched > 0, lines.length]).toEqual([0, true, 1]);
  });

  it('find the caller behind packages and this folder', () => {
    const stack = [
      'Error',
      '    at callSite (/app/dist/src/platform/telemetry/call-site.js:3:1)',
      '    at Pino.LOG [as info] (/app/node_modules/pino/lib/tools.js:62:21)',
      '    at async LeadsService.move (file:///app/dist/src/features/crm/leads.service.js:41:7)',
    ].join('\n');
    expect(callSiteOf(stack)).toEqual({ place: 'leads.service.js:41', function: 'LeadsService.move' });
    const arrow = stack.replace('    at async', '    at file:///app/dist/src/features/crm/leads.service.js:44:2\n    at async');
    expect(callSiteOf(arrow)).toEqual({ place: 'leads.service.js:44', function: 'LeadsService.move' });
    expect(callSiteOf('Error\n    at file:///app/dist/src/main.js:9:1')).toEqual({ place: 'main.js:9', function: '-' });
    expect(callSiteOf('Error')).toEqual({ place: '-', function: '-' });
  });
});

describe('NestLog', () => {
  it('passes message, context and stack on', () => {
    const { logger, lines } = capture('json', 'debug');
    const log = new NestLog(logger);
    log.log('started', 'NestFactory');
    log.error('broken', 'Error: broken\n    at x (y.js:1:1)', 'Router');
    log.error(new Error('thrown'));
    log.verbose('too fine');
    expect(fieldsOf(lines[0])).toMatchObject({ level: 30, msg: 'started', context: 'NestFactory' });
    expect(fieldsOf(lines[1])).toMatchObject({
      level: 50,
      msg: 'broken',
      context: 'Router',
      err: { stack: expect.stringContaining('y.js') },
    });
    expect(fieldsOf(lines[2])).toMatchObject({ msg: 'thrown', err: { message: 'thrown' } });
    expect(lines).toHaveLength(3);
  });
});
