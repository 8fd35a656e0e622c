import type { History } from '../history.js';
import { type Invariant, violation } from './finding.js';

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

/** Who must be told each time that an adoption is undone. */
const AT_EACH_UNDO: readonly string[] = [
  'email adoption_undone ops one',
  'email adoption_undone ops two',
  'in_app adoption_undone ops one',
  'in_app adoption_undone ops two',
  'email build_reopened client',
  'in_app build_reopened project_owner',
];

/** How often each was told: what was delivered or given up with a record, and the dead letters that ops see. */
function accountedFor({ deliveries, messages }: History, bindingId: string) {
  const done = deliveries
    .filter((each) => each.bindingId === bindingId && each.status !== 'failed')
    .map(({ channel, template, recipientId }) => `${channel} ${template} ${recipientId}`);
  const dead = messages.flatMap(({ bindingId: of, isDead, key }) => {
    const [, , template, channel, audience = ''] = key.split(':');
    const people = audience === 'ops_team' ? ['ops one', 'ops two'] : [audience];
    return of === bindingId && isDead ? people.map((id) => `${channel} ${template} ${id}`) : [];
  });
  const count = (of: readonly string[], told: string) => of.filter((each) => each === told).length;
  return (told: string) => ({ done: count(done, told), dead: count(dead, told) });
}

/**
 * 4: who is to be told of the end of a build was told, of each completion and of each undone adoption once. An active build has
 * been completed once more than it was undone.
 */
export const told: Invariant = (history) =>
  history.bindings.flatMap(({ id, versionId, status, errorReason }) => {
    const entries = (wanted: string) =>
      history.audit.filter(({ versionId: of, action }) => of === versionId && action === wanted).length;
    const undone = entries('undo_adoption');
    const completed = entries('build_complete');
    const timesTold = accountedFor(history, id);
    const isActive = status === 'active';
    // Whom the host's tables cannot be written for is told of by health alone, and an undone build has not failed by itself.
    const isToldApart = errorReason === 'outcome_refused' || errorReason === 'adoption_undone';
    const atTheEnd = isToldApart ? [] : (AT_THE_END[status] ?? []);
    const wanted = [
      ...atTheEnd.map((what) =>
        isActive ? { what, least: undone + 1, most: undone + 1 } : { what, least: 1, most: Infinity },
      ),
      ...AT_EACH_UNDO.map((what) => ({ what, least: undone, most: undone })),
    ];
    const wrong = wanted.flatMap(({ what, least, most }) => {
      const { done, dead } = timesTold(what);
      return done > most || done + dead < least
        ? [
            violation(
              4,
              `build ${id} is ${status}, and “${what}” was told ${done} times, dead letters ${dead}`,
            ),
          ]
        : [];
    });
    return isActive && completed !== undone + 1
      ? [
          ...wrong,
          violation(4, `build ${id} is active, ${completed} times build_complete and ${undone} times undone`),
        ]
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
    const isAsWanted = wanted.some((sent) => sent === signal || (sent === 'SIGTERM' && code === 0));
    return isAsWanted && !/uncaught|unhandled|Error:/i.test(complaints)
      ? []
      : [
          violation(
            25,
            `a process ended with ${code ?? signal}, wanted ${wanted.join(' and ') || 'nothing'}: ${complaints.slice(0, 2_000)}`,
          ),
        ];
  });
