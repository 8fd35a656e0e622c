import type { BuildEvent } from './events.js';

/**
 * The tenant whose build an event reports as changed and readable; `null` if no build has changed, or not yet, since
 * the transaction of its request is still open.
 */
export function changedTenant(event: BuildEvent): string | null {
  switch (event.type) {
    case 'request_accepted':
      return event.replayed || event.joined ? null : event.tenantId;
    case 'command_executed':
    case 'build_claimed':
    case 'build_completed':
    case 'build_failed':
    case 'build_rescheduled':
      return event.tenantId;
    case 'request_refused':
    case 'write_refused':
    case 'wrk_answered':
    case 'lease_lost':
    case 'circuit_breaker_opened':
    case 'circuit_breaker_probe_failed':
    case 'circuit_breaker_closed':
    case 'notification_sent':
    case 'message_dead_lettered':
    case 'sweep_finished':
    case 'old_rows_removed':
    case 'dead_letters_redriven':
    case 'host_function_failed':
    case 'worker_problem':
      return null;
  }
}
