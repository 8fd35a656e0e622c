import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventStreamDeps, openEventStream } from '../../../src/adapters/http/events/event-stream.js';
import type { BuildChange } from '../../../src/core/views/build-change.js';
import { fakeRuntime } from '../../support/fake-runtime.js';

const change: BuildChange = {
  tenantId: 'acme',
  bindingId: 'b1',
  automationVersionId: 'v1',
  status: 'active',
  run: 1,
  errorReason: null,
  assigneeId: null,
  changedAt: '2031-01-01T00:00:00.000000Z',
};

let time = fakeRuntime();

const open = (more: Partial<EventStreamDeps> = {}) => {
  type Listener = Parameters<EventStreamDeps['watch']>[0];
  const listeners = new Set<Listener>();
  const ended = vi.fn();
  const stream = openEventStream({
    watch: (listener) => {
      listeners.add(listener);
      return { stop: () => listeners.delete(listener) };
    },
    reload: false,
    runtime: time,
    heartbeatMs: 15_000,
    lifetimeMs: 300_000,
    onEnd: ended,
    ...more,
  });
  const reader = stream.body.getReader();
  const read = async () => {
    const { value, done } = await reader.read();
    return done ? 'end' : new TextDecoder().decode(value);
  };
  const changes = (times = 1) => {
    for (let told = 0; told < times; told += 1) for (const { onChange } of listeners) onChange(change);
  };
  return { stream, reader, read, listeners, ended, changes };
};

describe('a stream of events', () => {
  beforeEach(() => {
    time = fakeRuntime();
  });
  afterEach(() => {
    expect(time.timers(), 'no timer outlives its stream').toBe(0);
  });

  it('begins at once, with an id that the browser gives back when it connects again', async () => {
    const { read, stream } = open();
    expect(await read()).toBe('id: 1\nretry: 3000\n\n');
    stream.end();
  });

  it('tells how a build stands, and nothing of its tenant', async () => {
    const { read, changes, stream } = open();
    await read();
    changes();
    const text = await read();
    expect(text).toMatch(/^event: build\ndata: \{.*\}\n\n$/);
    expect(JSON.parse(text.split('data: ')[1] ?? '')).toEqual({
      binding_id: 'b1',
      automation_version_id: 'v1',
      status: 'active',
      run: 1,
      error_reason: null,
      assignee_id: null,
      changed_at: '2031-01-01T00:00:00.000000Z',
    });
    stream.end();
  });

  it('tells a client that was here before to reload', async () => {
    const { read, stream } = open({ reload: true });
    await read();
    expect(await read()).toBe('event: reload\ndata: {}\n\n');
    stream.end();
  });

  it('shows a sign of life while nothing happens', async () => {
    const { read, stream } = open({ heartbeatMs: 1_000 });
    await read();
    await time.advance(1_000);
    expect(await read()).toBe(': still here\n\n');
    stream.end();
  });

  it('keeps no more for a slow client than it can hold, and tells it to reload once it has caught up', async () => {
    const { read, changes, stream } = open();
    changes(500);
    const read_ = [];
    for (let text = await read(); !text.startsWith('event: reload'); text = await read()) read_.push(text);
    expect(read_.length).toBeLessThan(100);
    changes();
    expect(await read()).toContain('event: build');
    stream.end();
  });

  it('ends when its time is over, and watches no more', async () => {
    const { read, listeners, ended } = open({ lifetimeMs: 10_000, heartbeatMs: 60_000 });
    await read();
    await time.advance(10_000);
    expect(await read()).toBe('end');
    expect(listeners.size).toBe(0);
    expect(ended).toHaveBeenCalledOnce();
  });

  it('breaks off, when its time is over, what a client does not read', async () => {
    const { reader, changes, listeners } = open({ lifetimeMs: 10_000, heartbeatMs: 60_000 });
    changes(500);
    await time.advance(10_000);
    await expect(reader.closed).rejects.toThrow(
      'The stream has ended, and the client has not read all of it.',
    );
    expect(listeners.size).toBe(0);
  });

  it('watches no more once the client has gone', async () => {
    const { reader, listeners, ended, changes, stream } = open();
    await reader.cancel();
    expect(listeners.size).toBe(0);
    changes();
    stream.end();
    expect(ended).toHaveBeenCalledOnce();
  });
});
