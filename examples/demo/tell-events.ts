import type { BuildEvent, EventListener } from 'wrk-builds';
import type { Screen } from './screen.js';

/** Prints the events of the library, one step each; `elapsedMs` is the time since the build was asked for. */
export function tellEvents(screen: Screen, elapsedMs: () => number): EventListener {
  return (event) => {
    const sentence = sentenceOf(event);
    if (sentence !== null) screen.step(elapsedMs(), ...sentence);
  };
}

type Sentence = readonly [text: string, style?: Parameters<Screen['step']>[2]];

function sentenceOf(event: BuildEvent): Sentence | null {
  switch (event.type) {
    case 'request_accepted':
      return ['request accepted: version and project are “Build in Progress”', 'green'];
    case 'request_refused':
      return [`request refused: ${event.code}`, 'red'];
    case 'write_refused':
      return [`the database refuses a ${event.write}: ${event.problem}`, 'red'];
    case 'command_executed':
      return [`a person commands: ${event.command}`];
    case 'build_claimed':
      return [`a worker takes the build: run ${event.run}, call ${event.call}`];
    case 'wrk_answered':
      return event.answer === 'created'
        ? [`WRK created the workflow after ${Math.round(event.durationMs)} ms`, 'green']
        : [event.detail ?? `WRK: ${event.answer}`, 'yellow'];
    case 'build_rescheduled':
      return [`the build waits ${(event.runInMs / 1_000).toFixed(1)} s in the queue`, 'yellow'];
    case 'build_completed':
      return ['build complete: version and project are “QA & Testing”', 'green'];
    case 'build_failed':
      return [`build ended as “error”: ${event.reason}`, 'red'];
    case 'notification_sent':
      // Those that arrive are on the screen already: it is what they are delivered to.
      return event.delivered ? null : [`${event.template} did not reach anybody: ${event.problem}`, 'red'];
    case 'lease_lost':
      return ['another worker claimed the build', 'yellow'];
    case 'circuit_breaker_opened':
      return [`calls to WRK wait (${event.reason}): ${event.detail}`, 'red'];
    case 'circuit_breaker_probe_failed':
      return [
        `WRK was tried again, and failed: next in ${(event.nextProbeInMs / 1_000).toFixed(1)} s`,
        'yellow',
      ];
    case 'circuit_breaker_closed':
      return ['WRK works again: calls go on', 'green'];
    case 'message_dead_lettered':
      return [`a message was given up: ${event.reason}`, 'red'];
    case 'sweep_finished':
      return [`the sweep woke ${event.strandedBuilds} builds`];
    case 'old_rows_removed':
      return [`the sweep removed ${event.deadLetters} dead letters that were old`];
    case 'dead_letters_redriven':
      return [`${event.messages} messages that were given up are tried again`];
    case 'host_function_failed':
      return [`${event.function} failed: ${event.problem}`, 'red'];
    case 'worker_problem':
      return [`the ${event.worker} worker has a problem: ${event.problem}`, 'red'];
  }
}
