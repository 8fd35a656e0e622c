import type { ResultAsync } from 'neverthrow';
import type { Builds } from '../../../src/builds.js';
import type { BuildableProject } from '../../../src/testing/builders.js';
import { stableId } from '../../../src/testing/builders.js';
import type { Random } from './random.js';
import type { WrkPlatform } from './wrk-platform.js';

/** Something that a person asked for, and what was answered. */
export interface ClientAnswer {
  readonly what: 'request' | 'retry' | 'cancel' | 'adopt' | 'undo' | 'assign';
  readonly tenantId: string;
  readonly versionId: string | null;
  readonly bindingId: string | null;
  readonly run: number | null;
  /** In the audit entry of a command. */
  readonly reason: string | null;
  /** Whether a second workflow at WRK was accepted. */
  readonly atRisk: boolean;
  readonly answer: 'ok' | 'refused' | 'failed';
  readonly code: string | null;
}

/** Whoever asks for builds and gives commands. */
export interface People {
  readonly request: (project: BuildableProject, versionId: string, random: Random) => Promise<void>;
  /** One command about one of the builds, drawn by chance. */
  readonly command: (random: Random) => Promise<string>;
  readonly answers: () => readonly ClientAnswer[];
}

const OPS = stableId('user');

interface Build {
  readonly tenantId: string;
  readonly bindingId: string;
}

/** Opens the people of one run. What fails, as an exception, may have happened or not: nothing is said of it. */
export function openPeople(builds: Builds<never>, wrk: Pick<WrkPlatform, 'fake'>): People {
  const answers: ClientAnswer[] = [];
  const known: Build[] = [];
  let commands = 0;

  const note = async (
    about: Pick<ClientAnswer, 'what' | 'tenantId'> & Partial<ClientAnswer>,
    ask: () => ResultAsync<{ readonly bindingId: string; readonly run: number }, { readonly code: string }>,
  ) => {
    const blank = { versionId: null, bindingId: null, run: null, reason: null, atRisk: false, code: null };
    try {
      const answer = await ask();
      if (answer.isErr()) {
        answers.push({ ...blank, ...about, answer: 'refused', code: answer.error.code });
        return;
      }
      const { bindingId, run } = answer.value;
      answers.push({ ...blank, ...about, answer: 'ok', bindingId, run });
      known.push({ tenantId: about.tenantId, bindingId });
    } catch (problem) {
      answers.push({ ...blank, ...about, answer: 'failed', code: `${problem}` });
    }
  };

  return {
    request: async ({ tenantId }, versionId, random) => {
      const key = random.chance(0.3) ? `key ${versionId}` : null;
      const ask = (trigger: 'auto_build' | 'admin_request_build') =>
        note({ what: 'request', tenantId, versionId }, () =>
          builds.requestBuild({ tenantId, automationVersionId: versionId, trigger, idempotencyKey: key }),
        );
      // A double click, or two triggers at once.
      await Promise.all(
        random.chance(0.3) ? [ask('auto_build'), ask('admin_request_build')] : [ask('auto_build')],
      );
    },
    command: async (random) => {
      if (known.length === 0) return 'no build is known yet';
      const { tenantId, bindingId } = random.pick(known);
      commands += 1;
      const reason = `command ${commands}.`;
      const atRisk = random.chance(0.3);
      const what = random.pick(['retry', 'retry', 'retry', 'cancel', 'adopt', 'undo', 'assign'] as const);
      const by = { tenantId, bindingId, userId: OPS, reason };
      const about = { what, tenantId, bindingId, reason, atRisk };
      const made = wrk.fake.workflows().find(({ reference }) => reference === bindingId);
      const adopt = async () =>
        made &&
        note({ ...about, what: 'adopt' }, () =>
          builds.adoptWorkflow({ ...by, workflowId: made.id, workflowUrl: made.url }),
        );
      const give = () => {
        switch (what) {
          case 'retry':
            return note(about, () =>
              builds.retryBuild({
                ...by,
                acceptDuplicateRisk: atRisk,
                freshKey: atRisk && random.chance(0.5),
              }),
            );
          case 'cancel':
            return note(about, () => builds.cancelBuild({ ...by, acceptDuplicateRisk: atRisk }));
          case 'assign':
            return note(about, () => builds.assignBuild({ ...by, assigneeId: OPS }));
          case 'undo':
            // Few builds have been adopted, and WRK soon names the workflow of those.
            return adopt().then(() => note(about, () => builds.undoAdoption(by)));
          case 'adopt':
            return adopt();
        }
      };
      await Promise.all(random.chance(0.3) ? [give(), give()] : [give()]);
      return `${what} ${bindingId} (${reason})`;
    },
    answers: () => answers,
  };
}
