import pino, { type DestinationStream, type Logger } from 'pino';

/** Where log lines go, and how to see the last of them off. */
export interface Log {
  readonly logger: Logger;
  /** Writes what a slow reader has kept waiting. */
  readonly flush: () => void;
}

/**
 * Logs as lines of JSON on stderr: stdout belongs to whoever started the process by hand. Written at once, so that the
 * last line before a crash is there.
 */
export function createLog(level: string): Log {
  const destination = pino.destination({ dest: process.stderr.fd, sync: true });
  return { logger: createLogger(level, destination), flush: () => destination.flushSync() };
}

/** The logger itself, with the field names that dashboards look for. */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      // Nothing here logs these; a line that somebody adds in a hurry may.
      redact: ['authorization', 'cookie', 'password', 'token', '*.authorization', '*.cookie', '*.password'],
    },
    destination,
  );
}

/** What went wrong, as one text for a log line: no stack, and nothing that hangs on the error besides. */
export function problemText(problem: unknown): string {
  if (!(problem instanceof Error)) return 'unknown';
  // Of a host with several addresses, node-postgres gives one error each and no text of its own.
  const text = problem.message || ('code' in problem ? String(problem.code) : 'no message');
  return `${problem.name}: ${text}`;
}
