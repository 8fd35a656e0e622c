import { callback, options } from '../../../core/input/option-kinds.js';
import { readOptions } from '../../../core/input/read-options.js';
import type { BuildsHandler } from '../web-handler.js';

const WANTED = 'give what createBuildsHandler returned';

const mountSchema = options({
  handler: callback<BuildsHandler>(WANTED).refine(
    (handler) => typeof Reflect.get(Object(handler), 'owns') === 'function',
    { params: { wrong: 'has no owns' }, error: WANTED },
  ),
});

/** Refuses what a mount cannot serve, such as the library itself. Throws a TypeError that says what to give. */
export function checkHandler(name: string, handler: unknown): void {
  readOptions(name, mountSchema, { handler });
}
