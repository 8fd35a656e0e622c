import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idempotencyKey, workflowRequestBody } from '../../../src/core/orchestration/workflow.js';
import { anyText } from '../../support/any-text.js';
import { BLUEPRINT } from '../support/request-facts.js';

const bodyOf = (automationName: string, blueprintJson: string, tenantId = 'tenant-1') =>
  workflowRequestBody(tenantId, { automationName, blueprintJson });

describe('the body that WRK gets', () => {
  it('is exactly name, blueprint and tenant, as flow 22 writes it', () => {
    expect(bodyOf('Invoices to ledger', '{"nodes":[]}')).toBe(
      '{"name":"Invoices to ledger","blueprint":{"nodes":[]},"tenant_id":"tenant-1"}',
    );
  });

  it('keeps every digit of large numbers, the order of keys, and what is unknown', () => {
    const blueprint = '{ "z": 12345678901234567890, "a": 1.10, "nodes": [ {"id":"n","x-unknown":1e400} ] }';
    expect(bodyOf('Big', blueprint)).toContain(blueprint);
  });

  it('escapes what a name may hold', () => {
    const name = 'He said "no" \\ and\nleft \u0000 \u2028 \ud800 🚀';
    expect(JSON.parse(bodyOf(name, BLUEPRINT)).name).toBe(name);
  });

  it('lets neither name nor tenant add a field', () => {
    const trick = '","tenant_id":"tenant-2","x":"';
    expect(Object.keys(JSON.parse(bodyOf(trick, BLUEPRINT, trick)))).toEqual([
      'name',
      'blueprint',
      'tenant_id',
    ]);
    expect(JSON.parse(bodyOf(trick, BLUEPRINT, trick)).tenant_id).toBe(trick);
  });

  it('is valid JSON that says what went in, for any name, tenant and blueprint', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.json(), (name, tenant, blueprint) => {
        expect(JSON.parse(bodyOf(name, blueprint, tenant))).toEqual({
          name,
          blueprint: JSON.parse(blueprint),
          tenant_id: tenant,
        });
      }),
    );
  });

  it('is the same, byte for byte, each time', () => {
    expect(bodyOf('Invoices', BLUEPRINT)).toBe(bodyOf('Invoices', BLUEPRINT));
  });
});

describe('the idempotency key of a call', () => {
  it('is of the build and of the bytes, and another one once ops have ordered a fresh one', () => {
    expect(idempotencyKey({ id: 'binding-1', keyGeneration: 0 }, 'hash')).toBe('binding-1.hash');
    expect(idempotencyKey({ id: 'binding-1', keyGeneration: 0 }, 'other')).toBe('binding-1.other');
    expect(idempotencyKey({ id: 'binding-1', keyGeneration: 2 }, 'hash')).toBe('binding-1.hash.2');
  });
});
