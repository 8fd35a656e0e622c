import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRequest } from '../../src/input/request-build.js';
import type { RequestBuildInput } from '../../src/input/request-build-input.js';

type RequestOfVersion = Extract<RequestBuildInput, { readonly automationVersionId: string }>;

/** Ids that count up, and the hash that the library uses. */
function shell() {
  let made = 0;
  return {
    newId: () => `id-${++made}`,
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    isHostId: (id: string) => !id.startsWith('no id'),
  };
}

const REQUEST: RequestOfVersion = {
  tenantId: 'tenant-1',
  automationVersionId: 'version-1',
  trigger: 'patch_status',
};

const read = (input: RequestBuildInput) => readRequest(input, shell());

/** Reads what a caller without types might send. */
const readAnything = (input: unknown) => readRequest(JSON.parse(JSON.stringify(input)), shell());

const findingsOf = (input: unknown) => {
  const error = readAnything(input)._unsafeUnwrapErr();
  if (error.code !== 'invalid_input') throw new Error(`It was refused as ${error.code}.`);
  return error.details.findings;
};

const bodyHashOf = (input: Partial<RequestOfVersion>) =>
  read({ ...REQUEST, idempotencyKey: 'key', ...input })._unsafeUnwrap().idempotency?.bodyHash;

describe('a request', () => {
  it('that says only what it must is filled up with nulls and made-up ids', () => {
    expect(read(REQUEST)._unsafeUnwrap()).toEqual({
      tenantId: 'tenant-1',
      trigger: 'patch_status',
      target: { automationVersionId: 'version-1' },
      userId: null,
      assigneeId: null,
      requestId: 'id-1',
      priority: 0,
      lastKnownStatus: null,
      lastKnownUpdatedAt: null,
      lastKnownRowVersion: null,
      idempotency: null,
      decisionId: 'id-2',
      newBindingId: 'id-3',
    });
  });

  it('that says everything keeps everything', () => {
    const command = read({
      tenantId: 'tenant-1',
      projectId: 'project-1',
      trigger: 'admin_request_build',
      userId: 'user-1',
      assigneeId: 'engineer-1',
      requestId: 'request-1',
      lastKnownStatus: 'Ready for Build',
      lastKnownUpdatedAt: '2031-04-05 06:07:08.123456+00',
      idempotencyKey: 'key-1',
    })._unsafeUnwrap();
    expect(command).toMatchObject({
      target: { projectId: 'project-1' },
      userId: 'user-1',
      assigneeId: 'engineer-1',
      requestId: 'request-1',
      lastKnownStatus: 'Ready for Build',
      lastKnownUpdatedAt: '2031-04-05 06:07:08.123456+00',
      idempotency: { operation: 'request_build', key: 'key-1' },
    });
  });

  it('may say null where it has nothing to say', () => {
    const nothing = {
      userId: null,
      assigneeId: null,
      lastKnownStatus: null,
      lastKnownUpdatedAt: null,
      idempotencyKey: null,
    };
    expect(read({ ...REQUEST, ...nothing })).toEqual(read(REQUEST));
  });

  it('may say how urgent it is, within bounds, and the key of another urgency is another request', () => {
    expect(read({ ...REQUEST, priority: 100 })._unsafeUnwrap().priority).toBe(100);
    expect(read({ ...REQUEST, priority: -100 })._unsafeUnwrap().priority).toBe(-100);
    for (const priority of [101, -101, 0.5, '7'])
      expect(findingsOf({ ...REQUEST, priority })).toMatchObject([{ path: 'priority' }]);
    expect(bodyHashOf({ priority: 1 })).not.toBe(bodyHashOf({}));
    expect(bodyHashOf({ priority: 0 }), 'as before there were priorities').toBe(bodyHashOf({}));
  });

  it.each(['patch_status', 'admin_request_build', 'auto_build', 'status_change'] as const)(
    'comes in by the trigger %s',
    (trigger) => {
      expect(read({ ...REQUEST, trigger })._unsafeUnwrap().trigger).toBe(trigger);
    },
  );

  it('that cannot be read is told everything that is wrong with it at once, by name', () => {
    const findings = findingsOf({
      tenantId: '',
      automationVersionId: 7,
      trigger: 'back_door',
      userId: ['user-1'],
      requestId: null,
      lastKnownStatus: 'x'.repeat(201),
      idempotencyKey: '',
    });
    expect(findings.map(({ path }) => path).toSorted()).toEqual([
      'automationVersionId',
      'idempotencyKey',
      'lastKnownStatus',
      'requestId',
      'tenantId',
      'trigger',
      'userId',
    ]);
    for (const { message } of findings) expect(message).not.toBe('');
  });

  it('names only people whose ids the database has a place for', () => {
    const findings = findingsOf({ ...REQUEST, userId: 'no id of ours', assigneeId: 'no id either' });
    expect(findings.map(({ path }) => path)).toEqual(['userId', 'assigneeId']);
  });

  it('with keys that nobody knows is refused, and the keys are named', () => {
    const findings = findingsOf({ ...REQUEST, tenant_id: 'tenant-2', force: true });
    expect(findings.map(({ path }) => path)).toEqual(['tenant_id', 'force']);
  });

  it('is told of a missing target also when something else is wrong', () => {
    expect(
      findingsOf({ tenantId: 'tenant-1', force: true })
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['', 'force', 'trigger']);
  });

  it.each([
    ['both a version and a project', { ...REQUEST, projectId: 'project-1' }],
    ['neither a version nor a project', { tenantId: 'tenant-1', trigger: 'patch_status' }],
  ])('that names %s is refused', (_, input) => {
    expect(findingsOf(input)).toEqual([
      { path: '', message: 'names both or neither: give either automationVersionId or projectId' },
    ]);
  });

  it.each([null, 'version-1', 7, [REQUEST]])(
    'that is no object (%j) is refused and not thrown at',
    (input) => {
      expect(findingsOf(input)).toHaveLength(1);
    },
  );
});

describe('the hash of a request under an idempotency key', () => {
  it('is the same for the same request, however often it is sent and whoever sends it', () => {
    const again: Partial<RequestOfVersion> = {
      requestId: 'another',
      userId: 'user-2',
      trigger: 'auto_build',
    };
    expect(bodyHashOf(again)).toBe(bodyHashOf({}));
  });

  it('tells requests apart by all that they ask for', () => {
    const hashes = [
      bodyHashOf({}),
      bodyHashOf({ automationVersionId: 'version-2' }),
      readAnything({
        tenantId: 'tenant-1',
        projectId: 'version-1',
        trigger: 'patch_status',
        idempotencyKey: 'key',
      })._unsafeUnwrap().idempotency?.bodyHash,
      bodyHashOf({ assigneeId: 'engineer-1' }),
      bodyHashOf({ lastKnownStatus: 'Ready for Build' }),
      bodyHashOf({ lastKnownUpdatedAt: 'Ready for Build' }),
      bodyHashOf({ lastKnownRowVersion: 'Ready for Build' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
