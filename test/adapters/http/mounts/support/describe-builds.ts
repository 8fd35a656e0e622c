import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BuildableProject, buildableProject } from 'wrk-builds/testing';

/** The real handler behind a mount. */
export interface BuildsMount {
  /** What stands before `/v1`. */
  readonly url: string;
  /** What shows that somebody of the ops team of the tenant asks. */
  readonly signedIn: Readonly<Record<string, string>>;
  readonly insert: (rows: BuildableProject['rows']) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a host gets that mounts the real handler as the example does. */
export function itServesBuilds(open: () => Promise<BuildsMount>): void {
  let mount: BuildsMount;

  beforeAll(async () => {
    mount = await open();
  }, 180_000);

  afterAll(() => mount?.stop());

  const requestBuild = async (name: string) => {
    const project = buildableProject({ name });
    await mount.insert(project.rows);
    const response = await fetch(`${mount.url}/v1/automation-versions/${project.versionId}/status`, {
      method: 'PATCH',
      headers: { ...mount.signedIn, 'content-type': 'application/json' },
      body: JSON.stringify({ status: 'Build in Progress' }),
    });
    expect(response.status).toBe(202);
    return (await response.json()) as { readonly binding_id: string };
  };

  it('starts a build, which then stands in the list', async () => {
    const { binding_id } = await requestBuild('listed');
    const list = await fetch(`${mount.url}/v1/admin/builds`, { headers: mount.signedIn });
    expect(await list.json()).toMatchObject({ builds: [{ binding_id }] });
  });

  it('lets nobody in who is not signed in', async () => {
    const response = await fetch(`${mount.url}/v1/admin/builds`, { headers: { 'x-request-id': 'req-7' } });
    expect([response.status, await response.json()]).toEqual([
      401,
      { error_code: 'not_authenticated', message: expect.any(String) },
    ]);
    expect(response.headers.get('x-request-id')).toBe('req-7');
  });

  it('tells whoever watches of a build that is requested meanwhile', async () => {
    const client = new AbortController();
    const { headers, body } = await fetch(`${mount.url}/v1/admin/builds/events`, {
      headers: mount.signedIn,
      signal: client.signal,
    });
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const { binding_id } = await requestBuild('watched');
    let told = '';
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told += text;
      if (told.includes(binding_id)) break;
    }
    client.abort();
    expect(told).toContain('event: build');
  });
}
