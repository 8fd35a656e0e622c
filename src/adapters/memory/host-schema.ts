import type { HostSchema } from '../../ports/host-schema.js';
import { isStorable } from './storable.js';

/** Ids are any text that can be stored, as on a host whose ids are text. */
export function createHostSchema(): HostSchema {
  return { isHostId: (id) => id !== '' && isStorable(id) };
}
