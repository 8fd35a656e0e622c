import { randomUUID } from 'node:crypto';
import type { Seeded } from './seed.js';

/** A line to type, and what it shows. */
export interface TryLine {
  readonly about: string;
  readonly command: string;
}

/** What to try, in this order; each line runs as it stands. `folder` is for the cookie and the entity tag. */
export function tryLines(url: string, seeded: Seeded, folder: string): readonly TryLine[] {
  const { ops, password, invoices, onboarding, reports, leads } = seeded;
  const jar = `${folder}/cookies`;
  const etag = `${folder}/etag`;
  const curl = (rest: string) => `curl -sS -w '\\n' -b ${jar} ${rest}`;
  const json = (body: object) => `-H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
  /** A change that a cookie comes along with must come from a page of the host's own. */
  const own = `-H 'Origin: ${url}'`;
  const version = `${url}/v1/automation-versions/${invoices.versionId}`;
  const line = (about: string, command: string): TryLine => ({ about, command });
  return [
    line(
      'Sign in as ops. The cookie goes into a file.',
      `curl -sS -w '\\n' -c ${jar} ${json({ email: ops.email, password })} ${url}/login`,
    ),
    line(
      'May the invoices be built? What stands there now is kept as an entity tag.',
      curl(`--etag-save ${etag} ${version}/prerequisites`),
    ),
    line(
      'Request the build, unless somebody has changed the version meanwhile.',
      curl(
        `-X PATCH -H "If-Match: $(cat ${etag})" -H 'Idempotency-Key: ${randomUUID()}' ${own} ${json({ status: 'Build in Progress' })} ${version}/status`,
      ),
    ),
    line('Give the workers a moment.', 'sleep 2'),
    line('The list has it: “QA & Testing”.', curl(`'${url}/v1/admin/builds?limit=10'`)),
    line(
      'The same build alone: its workflow, its call to WRK, and in words what comes next.',
      curl(`${url}/v1/admin/automation-versions/${invoices.versionId}/build`),
    ),
    line(
      'The other way in: ops request a build of a project.',
      curl(`-X POST ${own} ${url}/v1/admin/projects/${onboarding.projectId}/request-build`),
    ),
    line(
      'This one is refused: its quote is not signed.',
      curl(`-X POST ${own} ${url}/v1/admin/projects/${reports.projectId}/request-build`),
    ),
    line('WRK has refused one build.', curl(`'${url}/v1/admin/builds?status=error'`)),
    line(
      'Somebody has connected the system that it lacked: retry.',
      curl(
        `-X POST ${own} ${json({ reason: 'The system is connected now.' })} ${url}/v1/admin/builds/${leads.bindingId}/retry`,
      ),
    ),
    line('What is charted.', `curl -sS ${url}/metrics`),
    line('The whole API, for people and generators.', curl(`${url}/v1/openapi.json`)),
  ];
}
