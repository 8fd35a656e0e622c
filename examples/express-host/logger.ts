import type { Logger } from 'wrk-builds';

const lineAt =
  (level: string): Logger['info'] =>
  (fields, message) => {
    process.stdout.write(
      `${JSON.stringify({ timestamp: new Date().toISOString(), level, message, ...fields })}\n`,
    );
  };

/** Logs as lines of JSON. A host has its own, of this shape: pino for one. */
export const logger: Logger = { info: lineAt('info'), warn: lineAt('warn'), error: lineAt('error') };
