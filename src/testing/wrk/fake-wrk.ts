import { createHash } from 'node:crypto';
import type { WrkLookup } from '../../core/orchestration/wrk-answer.js';
import { systemRuntime } from '../../runtime/system-runtime.js';
import { type FakeWrkBehaviour, wrkBehaviour } from './fake-wrk-behaviour.js';
import { checkBehaviours, checkFakeWrkOptions, checkRule } from './fake-wrk-options.js';
import {
  type FakeWrkCall,
  type FakeWrkContent,
  type FakeWrkOptions,
  type FakeWrkRequest,
  type FakeWrkWorkflow,
  readContent,
  textOfBody,
} from './fake-wrk-records.js';
import { type FakeWrkReply, replyOf, withRequestId } from './fake-wrk-reply.js';

/** How calls are taken that no script is left for. */
export type FakeWrkRule = (call: Omit<FakeWrkCall, 'behaviour'>) => FakeWrkBehaviour;

/**
 * A WRK Platform in memory. It makes workflows, remembers every call, and takes calls badly when told to.
 * Front ends put it behind HTTP (`startFakeWrkServer`, `fakeWrkHandlers`) or behind the port (`fakeWrkClient`).
 */
export interface FakeWrk {
  /** Takes the next calls in these ways, one each, before going on as `otherwise` says. */
  readonly script: (...behaviours: readonly FakeWrkBehaviour[]) => void;
  /** How every call is taken that no script is left for. Default: the workflow is made. */
  readonly otherwise: (rule: FakeWrkRule) => void;
  /** Answers the next lookups with these, one each, before really looking again. */
  readonly scriptLookups: (...answers: readonly WrkLookup[]) => void;
  /** Forgets the idempotency keys, as a WRK does after its retention time. The workflows stay. */
  readonly forgetKeys: () => void;

  /** Takes one POST. For front ends. */
  readonly take: (request: FakeWrkRequest) => FakeWrkReply;
  /** Finds the workflow of a reference, the oldest if there are several; another tenant's is not seen. */
  readonly find: (query: {
    /** The tenant of the workflow. */
    readonly tenantId: string;
    /** The build's reference. */
    readonly reference: string;
    /**
     * The id of a workflow that is given only if there is no other.
     *
     * @default null
     */
    readonly besides?: string | null;
  }) => Promise<WrkLookup>;

  /** Every POST, in the order they came. */
  readonly calls: () => readonly FakeWrkCall[];
  /** How often a reference was looked for. */
  readonly lookups: () => number;
  /** Every workflow made, oldest first. */
  readonly workflows: () => readonly FakeWrkWorkflow[];
  /** How many workflows each reference has; more than one is a duplicate. */
  readonly workflowsByReference: () => ReadonlyMap<string, number>;
  /** What callers must never do and did, such as other bytes under a known key; one sentence each. */
  readonly violations: () => readonly string[];
}

/**
 * Makes a fake WRK. Two fakes share nothing.
 *
 * @throws TypeError that lists every invalid option
 */
export function createFakeWrk(options: FakeWrkOptions = {}): FakeWrk {
  checkFakeWrkOptions(options);
  const { honoursKeys = true, replaysFailures = false, refusesKnownReferences = false, token } = options;
  const { latencyMs = 0, keepsBodies = false } = options;
  const { now = systemRuntime.wallClockMs } = options;

  const calls: FakeWrkCall[] = [];
  const workflows: FakeWrkWorkflow[] = [];
  const oldestByReference = new Map<string, FakeWrkWorkflow>();
  const hashByKey = new Map<string, string>();
  const violations: string[] = [];
  const scripted: FakeWrkBehaviour[] = [];
  const scriptedLookups: WrkLookup[] = [];
  // What WRK knows of a key. `hashByKey` is the test's own memory and forgets nothing.
  const workflowByKey = new Map<string, FakeWrkWorkflow>();
  const replyByKey = new Map<string, FakeWrkReply>();
  const keysInUse = new Set<string>();
  let lookups = 0;
  let rule: FakeWrkRule = wrkBehaviour.creates;

  const answerTo = (
    request: FakeWrkRequest,
    content: FakeWrkContent | null,
    { creates, ending, delayMs = latencyMs }: FakeWrkBehaviour,
  ): FakeWrkReply => {
    const say = (status: number, body: unknown) => replyOf({ shows: 'answer', status, body }, null, delayMs);
    if (!creates) return replyOf(ending, null, delayMs);
    if (token !== undefined && request.authorization !== `Bearer ${token}`) {
      return say(401, { message: 'the token is not known' });
    }
    if (!/^application\/json\b/.test(request.contentType ?? '')) return say(415, { message: 'send JSON' });
    if (content === null) return say(400, { errors: ['the body is not { name, blueprint, tenant_id }'] });

    const { key, reference } = request;
    const known = honoursKeys && key !== null ? workflowByKey.get(key) : undefined;
    if (known !== undefined) return replyOf(ending, known, delayMs);
    const oldest =
      reference === null ? undefined : oldestByReference.get(referenceOf(content.tenantId, reference));
    if (oldest !== undefined && refusesKnownReferences) {
      const { id, url } = oldest;
      return say(409, { message: 'it exists', workflow_id: id, workflow_url: url, reference });
    }

    const id = `wf_${workflows.length + 1}`;
    const workflow = { id, url: `https://app.wrk.example/workflows/${id}`, ...content, reference, key };
    workflows.push(workflow);
    if (reference !== null && oldest === undefined) {
      oldestByReference.set(referenceOf(content.tenantId, reference), workflow);
    }
    if (key !== null) workflowByKey.set(key, workflow);
    return replyOf(ending, workflow, delayMs);
  };

  /** What WRK's idempotency layer says before the call is looked at; `null` lets it through. */
  const answerFromKey = (call: Omit<FakeWrkCall, 'behaviour'>): FakeWrkReply | null => {
    if (call.key === null) return null;
    const knownHash = hashByKey.get(call.key) ?? call.bodyHash;
    hashByKey.set(call.key, knownHash);
    const reused = knownHash !== call.bodyHash;
    if (reused) violations.push(`call ${call.number} sent other bytes under the key of an earlier call`);
    if (!honoursKeys) return null;
    if (reused && keysInUse.has(call.key)) {
      const body = { errors: ['the key was used with another body'] };
      return replyOf({ shows: 'answer', status: 422, body }, null, latencyMs);
    }
    keysInUse.add(call.key);
    return replyByKey.get(call.key) ?? null;
  };

  const forgetKey = (key: string) => {
    workflowByKey.delete(key);
    replyByKey.delete(key);
    keysInUse.delete(key);
  };

  return {
    script: (...behaviours) => {
      checkBehaviours(behaviours);
      scripted.push(...behaviours);
    },
    otherwise: (next) => {
      checkRule(next);
      rule = next;
    },
    scriptLookups: (...answers) => {
      scriptedLookups.push(...answers);
    },
    forgetKeys: () => {
      for (const key of [...keysInUse]) forgetKey(key);
    },

    take: (request) => {
      const { body, key, reference, requestId, callId } = request;
      const content = readContent(body);
      const number = calls.length + 1;
      const wrkRequestId = `wrk_req_${number}`;
      const seen = {
        number,
        wrkRequestId,
        at: now(),
        tenantId: content?.tenantId ?? null,
        key,
        reference,
        requestId,
        callId,
        bodyBytes: Buffer.byteLength(body),
        bodyHash: createHash('sha256').update(body).digest('hex'),
        body: keepsBodies ? textOfBody(body) : null,
      };
      const fromKey = answerFromKey(seen);
      if (fromKey !== null) {
        calls.push({ ...seen, behaviour: null });
        return withRequestId(fromKey, wrkRequestId);
      }
      const behaviour = scripted.shift() ?? rule(seen);
      calls.push({ ...seen, behaviour });
      const reply = answerTo(request, content, behaviour);
      if (honoursKeys && key !== null) {
        const failed = reply.sends === 'whole' && reply.status >= 400;
        if (behaviour.replays || (replaysFailures && failed)) replyByKey.set(key, reply);
        if (behaviour.forgets) forgetKey(key);
      }
      return withRequestId(reply, wrkRequestId);
    },

    find: async ({ tenantId, reference, besides = null }) => {
      lookups += 1;
      const next = scriptedLookups.shift();
      if (next !== undefined) return next;
      const oldest = oldestByReference.get(referenceOf(tenantId, reference));
      const others = workflows.filter((each) => each.tenantId === tenantId && each.reference === reference);
      const workflow = oldest?.id === besides ? (others[1] ?? oldest) : oldest;
      if (workflow === undefined) return { kind: 'absent' };
      return { kind: 'found', workflowId: workflow.id, workflowUrl: workflow.url };
    },

    calls: () => calls,
    lookups: () => lookups,
    workflows: () => workflows,
    workflowsByReference: () => {
      const counts = new Map<string, number>();
      for (const { reference } of workflows) {
        if (reference !== null) counts.set(reference, (counts.get(reference) ?? 0) + 1);
      }
      return counts;
    },
    violations: () => violations,
  };
}

/** References count within a tenant. */
function referenceOf(tenantId: string, reference: string): string {
  return JSON.stringify([tenantId, reference]);
}
