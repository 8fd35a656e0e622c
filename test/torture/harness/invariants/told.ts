import type { History } from '../history.js';
import { groupBy, type Invariant, violation } from './finding.js';

/** Who must be told at the end of a build, as `channel template recipient`. */
const AT_THE_END: Readonly<Record<string, readonly string[]>> = {
  active: [
    'email build_complete client',
    'email qa_ready ops one',
    'email qa_ready ops two',
    'in_app build_complete project_owner',
  ],
  error: [
    'email build_failed ops one',
    'email build_failed ops two',
    'in_app build_failed ops one',
    'in_app build_failed ops two',
  ],
};

/** What was delivered, given up with a record, or is a dead letter that ops see. */
function accountedFor({ deliveries, messages }: History, bindingId: string): ReadonlyMap<string, number> {
  const done = deliveries
    .filter((each) => each.bindingId === bindingId && each.status !== 'failed')
    .map(({ channel, template, recipientId }) => `${channel} ${template} ${recipientId}`);
  const dead = messages.flatMap(({ bindingId: of, isDead, key }) => {
    const [, , template, channel, audience = ''] = key.split(':');
    const people = audience === 'ops_team' ? ['ops one', 'ops two'] : [audience];
    return of === bindingId && isDead ? people.map((id) => `${channel} ${template} ${id}`) : [];
  });
  const counted = groupBy([...done], (told) => told);
  return new Map([
    ...dead.map((told) => [told, 1] as const),
    ...[...counted].map(([told, all]) => [told, all.length] as const),
  ]);
}

/** 4: who is to be told of the end of a build was told, of a completion once. An active build has one such entry. */
export const told: Invariant = (history) =>
  history.bindings.flatMap(({ id, versionId, status, errorReason }) => {
    // Whom the host's tables cannot be written for is told of by health alone.
    const wanted = errorReason === 'outcome_refused' ? [] : (AT_THE_END[status] ?? []);
    const counts = accountedFor(history, id);
    const wrong = wanted.flatMap((each) => {
      const times = counts.get(each) ?? 0;
      return times === 0 || (status === 'active' && times > 1)
        ? [violation(4, `build ${id} is ${status}, and “${each}” was told ${times} times`)]
        : [];
    });
    const completed = history.audit.filter(
      (entry) => entry.versionId === versionId && entry.action === 'build_complete',
    ).length;
    return status === 'active' && completed !== 1
      ? [...wrong, violation(4, `build ${id} is active with ${completed} entries build_complete`)]
      : wrong;
  });

/** 11: no row, message or mail of one tenant holds another's id. */
export const apart: Invariant = ({ texts, bindings, calls }) => {
  const tenants = [...new Set(texts.map(({ tenantId }) => tenantId))];
  const mixed = texts.flatMap(({ tenantId, where, text }) =>
    tenants.some((other) => other !== tenantId && text.includes(other))
      ? [violation(11, `${where} of tenant ${tenantId} names another: ${text.slice(0, 200)}`)]
      : [],
  );
  const owner = new Map(bindings.map(({ id, tenantId }) => [id, tenantId]));
  const strayed = calls.flatMap(({ id, bindingId, tenantId }) =>
    owner.get(bindingId) === tenantId
      ? []
      : [violation(11, `call ${id} is of another tenant than its build`)],
  );
  return [...mixed, ...strayed];
};

/** 15: planted secrets are nowhere. */
export const secretsKept: Invariant = ({ secrets, texts, log }) =>
  secrets.flatMap((secret) => [
    ...(log.includes(secret) ? [violation(15, `a log has ${secret}`)] : []),
    ...texts
      .filter(({ text }) => text.includes(secret))
      .map(({ where }) => violation(15, `${where} has ${secret}`)),
  ]);

/** 19: once the faults have stopped, every message is delivered or a dead letter. */
export const delivered: Invariant = ({ messages }) =>
  messages.flatMap(({ isDead, queue, key }) =>
    isDead ? [] : [violation(19, `a message of ${queue} still waits: ${key}`)],
  );

/** 25: no process ended but by a signal of the harness. */
export const nobodyDied: Invariant = ({ ends }) =>
  ends.flatMap(({ wanted, code, signal, complaints }) => {
    const isAsWanted =
      (wanted === 'SIGKILL' && signal === 'SIGKILL') ||
      (wanted === 'SIGTERM' && (code === 0 || signal === 'SIGTERM'));
    return isAsWanted && !/uncaught|unhandled|Error:/i.test(complaints)
      ? []
      : [
          violation(
            25,
            `a process ended with ${code ?? signal}, wanted ${wanted}: ${complaints.slice(0, 2_000)}`,
          ),
        ];
  });
