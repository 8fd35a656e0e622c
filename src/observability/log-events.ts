import { having, options } from '../core/input/option-kinds.js';
import { readOptions } from '../core/input/read-options.js';
import type { BuildEvent, EventListener } from './events.js';

/** The part of a pino logger that is used; any logger with these methods works. */
export interface Logger {
  /** Logs what is as it should be. */
  readonly info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** Logs what a person may want to look at. */
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  /** Logs what a person must look at. */
  readonly error: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

type Level = keyof Logger;

const loggerSchema = options({
  logger: having<Logger>(['info', 'warn', 'error'], 'give a logger, such as pino()'),
});

/** `error` needs a person, `warn` may need one. */
function levelOf(event: BuildEvent): Level {
  switch (event.type) {
    case 'build_failed':
    case 'write_refused':
    case 'circuit_breaker_opened':
    case 'message_dead_lettered':
      return 'error';
    case 'build_rescheduled':
    case 'lease_lost':
    case 'circuit_breaker_probe_failed':
    case 'host_function_failed':
    case 'worker_problem':
      return 'warn';
    case 'notification_sent':
      return event.delivered ? 'info' : 'warn';
    case 'wrk_answered':
      return event.answer === 'created' ? 'info' : 'warn';
    default:
      return 'info';
  }
}

const JOB_TYPES: Readonly<Record<BuildEvent['type'], string>> = {
  request_accepted: 'request_build',
  request_refused: 'request_build',
  write_refused: 'storage',
  command_executed: 'build_operation',
  build_claimed: 'build_orchestration',
  wrk_answered: 'build_orchestration',
  build_completed: 'build_orchestration',
  build_failed: 'build_orchestration',
  build_rescheduled: 'build_orchestration',
  lease_lost: 'build_orchestration',
  circuit_breaker_opened: 'build_orchestration',
  circuit_breaker_probe_failed: 'build_orchestration',
  circuit_breaker_closed: 'build_orchestration',
  notification_sent: 'notification',
  message_dead_lettered: 'queue',
  sweep_finished: 'sweep',
  old_rows_removed: 'sweep',
  dead_letters_redriven: 'queue',
  host_function_failed: 'host',
  worker_problem: 'worker',
};

/**
 * Writes each event as one log line, with the fields `request_id`, `tenant_id`, `user_id`, `job_type`, `resource_type`
 * and `resource_id`; the event's other fields follow in snake_case.
 *
 * @throws TypeError unless it is a logger
 *
 * @example
 * ```ts
 * import pino from 'pino';
 * import { logEvents } from 'wrk-builds';
 *
 * const onEvent = logEvents(pino());
 * ```
 */
export function logEvents(logger: Logger): EventListener {
  readOptions('logEvents', loggerSchema, { logger });
  return (event) => {
    const { type, ...fields } = event;
    const line: Record<string, unknown> = { job_type: JOB_TYPES[type] };
    for (const [name, value] of Object.entries(fields)) {
      line[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
    }
    if ('automationVersionId' in event) {
      line.resource_type = 'automation_version';
      line.resource_id = event.automationVersionId;
    }
    logger[levelOf(event)](line, type);
  };
}
