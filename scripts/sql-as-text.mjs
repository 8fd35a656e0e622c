/** Lets Node import `.sql` files as texts, as the build and the tests do. With `--import`, after that of tsx. */
import { register } from 'node:module';

const HOOKS = `
import { readFile } from 'node:fs/promises';
export async function load(url, context, next) {
  const { pathname } = new URL(url, 'file:');
  if (!pathname.endsWith('.sql')) return next(url, context);
  const text = await readFile(new URL(url), 'utf8');
  return { format: 'module', source: 'export default ' + JSON.stringify(text), shortCircuit: true };
}`;
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
