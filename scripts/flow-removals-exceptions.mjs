/** What `check-flows.mjs` takes out of the checks and the retries behind the exceptions of the flows. */
const decideRequest = 'src/core/request/decide-request-build.ts';
const prerequisites = 'src/core/request/prerequisites.ts';
const decideOutcome = 'src/core/orchestration/decide-outcome.ts';
const retryPolicy = 'src/core/orchestration/retry-policy.ts';

export const exceptionRemovals = [
  {
    what: 'any quote counts as signed',
    tests: ['21.exception.quote-not-signed', '21.exception.missing-prerequisites'],
    file: prerequisites,
    find: 'candidate.status === SIGNED && ',
    replace: '',
  },
  {
    what: 'any blueprint counts as complete',
    tests: ['21.exception.blueprint-incomplete', '21.exception.missing-prerequisites'],
    file: prerequisites,
    find: 'readBlueprint(automationVersion, blueprint, blueprintLimits)',
    replace:
      "readBlueprint(automationVersion, blueprint, blueprintLimits).orElse(() => ok({ systems: [], json: '' }))",
  },
  {
    what: 'blockers do not count',
    tests: ['21.exception.blocking-issue', '21.exception.missing-prerequisites'],
    file: prerequisites,
    find: '...missingProject(facts.projects), ...blockers, ',
    replace: '...missingProject(facts.projects), ',
  },
  {
    what: 'what the host asks for does not count',
    tests: ['21.manual.review', '21.exception.missing-prerequisites'],
    file: prerequisites,
    find: ', ...hostPrerequisites]',
    replace: ']',
  },
  {
    what: 'a build under way does not count',
    tests: ['21.exception.in-progress', '22.manual.no-request'],
    file: decideRequest,
    find: "if (binding?.status === 'pending' || binding?.status === 'error') {",
    replace: 'if (false) {',
  },
  {
    what: 'a command to retry begins no run of its own',
    tests: ['22.manual.retry'],
    file: 'src/core/ops/decide-retry.ts',
    find: 'const run = binding.run + 1;',
    replace: 'const { run } = binding;',
  },
  {
    what: 'nobody is told of an assignment by ops',
    tests: ['21.manual.assign'],
    file: 'src/core/ops/decide-assign.ts',
    find: 'messages: notificationMessages(',
    replace: 'messages: (() => [])(',
  },
  {
    what: 'a preview says that everything is met',
    tests: ['21.manual.preview'],
    file: 'src/core/request/preview-build.ts',
    find: 'met: found.length === 0,',
    replace: 'met: true,',
  },
  {
    what: 'a build of another version of the project does not count',
    tests: ['21.exception.sibling-in-progress'],
    file: decideRequest,
    find: 'sibling === undefined ? ok()',
    replace: 'true ? ok()',
  },
  {
    what: 'an API error ends the run at once',
    tests: ['22.exception.api-error-retried', '22.exception.api-error-recovered'],
    file: decideOutcome,
    find: "return retry('wrk_api_error', 'unknown', answer.detail, answer.retryAfterMs);",
    replace:
      "return failBuild(build, { reason: 'wrk_api_error', detail: '', findings: [], outcome: 'unknown' }, policy, context.decisionId);",
  },
  {
    what: 'a run has one retry more',
    tests: ['22.exception.api-error-retried'],
    file: retryPolicy,
    find: 'maxRetries: 3,',
    replace: 'maxRetries: 4,',
  },
  {
    what: 'a network timeout ends the run at once',
    tests: ['22.exception.timeout-retried', '22.exception.timeout-waits'],
    file: decideOutcome,
    find: "return retry('network_failure', 'unknown', answer.detail);",
    replace:
      "return failBuild(build, { reason: 'network_failure', detail: '', findings: [], outcome: 'unknown' }, policy, context.decisionId);",
  },
  {
    what: 'the waits between retries do not grow',
    tests: ['22.exception.timeout-backoff'],
    file: retryPolicy,
    find: 'policy.initialDelayMs * 2 ** (finishedCalls - 1)',
    replace: 'policy.initialDelayMs',
  },
  {
    what: 'a rejected blueprint is sent again',
    tests: ['22.exception.rejected-once', '22.exception.rejected-status'],
    file: decideOutcome,
    find: "case 'rejected': {",
    replace: "case 'rejected': {\n      return retry('wrk_api_error', 'unknown', answer.detail);",
  },
  {
    what: 'the structure is not looked at before the call',
    tests: ['22.exception.invalid-not-sent', '22.exception.invalid-status', '22.exception.invalid-ops'],
    file: 'src/core/orchestration/decide-next-step.ts',
    find: 'readBlueprint(automationVersion, policy.blueprint, policy.blueprintLimits)',
    replace:
      'readBlueprint(automationVersion, (() => ({ isErr: () => false, value: { systems: [] } })) as never, policy.blueprintLimits)',
  },
];
