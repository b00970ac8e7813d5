import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest tells of every module and route it makes; who looks for that sets LOG_LEVEL=debug. */
const CHATTY = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory', 'NestApplication']);

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/** Lets Nest write its own lines through our logger. Its last text argument is the context, as Nest passes it. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: Level, message: unknown, rest: unknown[]): void {
    if (!this.logger.isLevelEnabled(level)) return;
    const texts = rest.filter((item): item is string => typeof item === 'string');
    const error = [message, ...rest].find((item) => item instanceof Error);
    const stack = texts.find((text) => /\n\s+at /.test(text));
    const context = texts.filter((text) => text !== stack).at(-1);
    if (level === 'info' && context !== undefined && CHATTY.has(context) && !this.logger.isLevelEnabled('debug')) return;
    const fields = { ...(context && { context }), ...(error ? { err: error } : stack && { err: { stack } }) };
    if (message instanceof Error) this.logger[level](fields, message.message);
    else if (typeof message === 'object' && message !== null) this.logger[level]({ ...message, ...fields });
    else this.logger[level](fields, String(message));
  }
}
