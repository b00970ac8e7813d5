import type { ChildLoggerOptions, Logger, LoggerOptions } from 'pino';
import { destination, pino } from 'pino';
import type { Settings } from '../config/settings.js';
import { callSite } from './call-site.js';
import { currentLogContext } from './log-context.js';
import { maskCredentials, redact } from './redaction.js';
import { textLine } from './text-line.js';

export type { Logger } from 'pino';

/** Where finished lines go; stdout unless a test wants them. */
export interface LogSink {
  write(line: string): void;
}

function options(settings: Pick<Settings, 'logLevel' | 'logFormat'>): LoggerOptions {
  const isText = settings.logFormat === 'text';
  return {
    level: settings.logLevel,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: { err: (value: unknown) => value }, // redact() has made it plain already
    formatters: { log: redact },
    mixin: () => {
      const context = currentLogContext();
      return { ...(context && { log_id: context.logId }), ...(isText && callSite()) };
    },
    hooks: { streamWrite: isText ? (line) => maskCredentials(textLine(line)) : maskCredentials },
  };
}

/** Pino resets the formatter of bindings for children; loggers inherit from their parent, so one override serves all. */
function withSafeChildren(logger: Logger): Logger {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- applied to the logger it is called on
  const plainChild = logger.child;
  const safeChild = function (this: Logger, bindings: Record<string, unknown>, childOptions?: ChildLoggerOptions): Logger {
    return Reflect.apply(plainChild, this, [redact(bindings), childOptions]);
  };
  return Object.assign(logger, { child: safeChild });
}

// Lines are gathered into one write; a quiet server still shows each within a fifth of a second, and pino flushes what is left at exit.
const WRITE_BYTES = 4096;
const FLUSH_MS = 200;

/** The logger of this process: JSON lines, or with LOG_FORMAT=text lines separated by pipes; secrets are left out of both. */
export function createLogger(settings: Pick<Settings, 'logLevel' | 'logFormat'>, sink?: LogSink): Logger {
  return withSafeChildren(
    pino(options(settings), sink ?? destination({ fd: 1, sync: false, minLength: WRITE_BYTES, periodicFlush: FLUSH_MS })),
  );
}
