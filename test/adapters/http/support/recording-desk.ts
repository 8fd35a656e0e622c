import type { BuildsHandlerOptions } from '../../../../src/adapters/http/index.js';
import type { Desk } from '../../../operations/support/in-each-family.js';
import { httpDesk, type Seen } from './http-desk.js';

/** One request, and what came of it. */
export interface Exchange {
  /** `null`: no operation of ours. */
  readonly operationId: string | null;
  readonly sent: unknown;
  readonly seen: Seen;
}

/** The HTTP surface of a desk, which remembers what was said. One request at a time. */
export function recordingDesk(
  desk: Pick<Desk, 'builds'>,
  tenantId: string,
  options: Partial<BuildsHandlerOptions> = {},
) {
  const exchanges: Exchange[] = [];
  let operationId: string | null = null;
  const { send } = httpDesk(desk, tenantId, {
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
