import type { BuildsHandlerOptions } from '../../../../src/adapters/http/index.js';
import type { AnyApp } from '../../../operations/support/in-each-family.js';
import { httpCaller, type Seen } from './http-caller.js';

/** One request, and what came of it. */
export interface Exchange {
  /** `null`: no operation of ours. */
  readonly operationId: string | null;
  readonly sent: unknown;
  readonly seen: Seen;
}

/** The HTTP surface of a app, which remembers what was said. One request at a time. */
export function recordingCaller(
  app: Pick<AnyApp, 'builds'>,
  tenantId: string,
  options: Partial<BuildsHandlerOptions> = {},
) {
  const exchanges: Exchange[] = [];
  let operationId: string | null = null;
  const { send } = httpCaller(app, tenantId, {
    ...options,
    onAnswer: (answered) => {
      operationId = answered.operationId;
    },
  });
  return {
    exchanges,
    send: async (method: string, path: string, sent?: unknown, headers?: Record<string, string>) => {
      const seen = await send(method, path, sent, headers);
      const exchange = { operationId, sent, seen };
      exchanges.push(exchange);
      return exchange;
    },
  };
}
