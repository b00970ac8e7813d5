import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line written while one request or job runs is marked with. */
export interface LogContext {
  logId: string;
  traceparent?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs a function, and everything it starts, under a log context. */
export function withLogContext<T>(context: LogContext, run: () => T): T {
  return storage.run(context, run);
}

/** The log context of the running request or job. */
export function currentLogContext(): LogContext | undefined {
  return storage.getStore();
}
