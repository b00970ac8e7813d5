const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

interface LogRecord {
  level: number;
  time: string;
  msg?: string;
  log_id?: string;
  place?: string;
  function?: string;
  [field: string]: unknown;
}

/** Line breaks of the outside world may not start a line of their own. */
function oneLine(text: string): string {
  return text.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

function asText(value: unknown): string {
  if (typeof value !== 'string') return oneLine(JSON.stringify(value) ?? '');
  return /^[^\s="|]+$/.test(value) ? value : JSON.stringify(value);
}

function stackLines(error: unknown): string {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? error.stack : undefined;
  if (typeof stack !== 'string') return '';
  return stack
    .split('\n')
    .map((line) => `\n    ${line.trim()}`)
    .join('');
}

/** `YYYY-MM-DD HH:MM:SS | LEVEL | log_id | file:line | function | message k=v ...` of one JSON log line, time in UTC. */
export function textLine(json: string): string {
  const { level, time, msg, log_id: logId, place, function: caller, err, ...fields } = JSON.parse(json) as LogRecord;
  const extra = Object.entries(fields).map(([name, value]) => ` ${name}=${asText(value)}`);
  const columns = [
    time.slice(0, 19).replace('T', ' '),
    LEVELS[level] ?? String(level),
    logId ?? '-',
    place ?? '-',
    caller ?? '-',
    oneLine(msg ?? '') + extra.join(''),
  ];
  return `${columns.join(' | ')}${stackLines(err)}\n`;
}
