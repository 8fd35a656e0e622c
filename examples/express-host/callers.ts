import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, RequestHandler } from 'express';
import type { Caller } from 'wrk-builds/http';
import * as z from 'zod';
import type { People } from './people.js';
import { refuse } from './refuse.js';

/** Who asks, from the middleware that finds it out to the handler that wants to know. */
export interface Callers {
  /** Finds out who asks. Mount it after the sessions and before the handler. */
  readonly identify: RequestHandler;
  /** For `authenticate`: whom {@link Callers.identify} found behind the request that is being answered; `null` is nobody. */
  readonly current: () => Caller | null;
}

type Found = { readonly caller: Caller | null } | { readonly refusal: 'not_staff' | 'no_such_tenant' };

/** Knows people by their session, and programs of customers by their API key. */
export function createCallers(people: People): Callers {
  const storage = new AsyncLocalStorage<Caller | null>();
  return {
    identify: async (request, response, next) => {
      const found = await callerOf(request, people);
      if ('caller' in found) return storage.run(found.caller, next);
      if (found.refusal === 'not_staff')
        return refuse(
          response,
          403,
          'forbidden',
          'Only staff act for another tenant: leave X-Acting-Tenant out.',
        );
      refuse(response, 400, 'invalid_input', 'X-Acting-Tenant names no tenant: give the id of one.');
    },
    current: () => storage.getStore() ?? null,
  };
}

async function callerOf(request: Request, people: People): Promise<Found> {
  const authorization = request.get('authorization');
  if (authorization !== undefined) {
    // Whoever brings a key asks as that, whatever cookie comes along.
    const key = /^Bearer (\S+)$/.exec(authorization)?.[1];
    const tenantId = key === undefined ? null : await people.tenantOfKey(key);
    return { caller: tenantId === null ? null : { kind: 'api_key', tenantId } };
  }

  const { personId } = request.session;
  const person = personId === undefined ? null : await people.byId(personId);
  if (person === null) return { caller: null };
  const { id: userId, roles } = person;
  const actingTenant = request.get('x-acting-tenant');
  // Staff who name no tenant have chosen no client yet: their own tenant has no builds.
  const tenantId = actingTenant ?? (person.isStaff ? null : person.tenantId);
  if (actingTenant !== undefined && !person.isStaff) return { refusal: 'not_staff' };
  if (actingTenant !== undefined && !(await isTenant(actingTenant, people)))
    return { refusal: 'no_such_tenant' };
  return { caller: { kind: 'user', tenantId, userId, roles } };
}

async function isTenant(id: string, people: People): Promise<boolean> {
  return z.uuid().safeParse(id).success && people.isTenant(id);
}
