import { expect, it } from 'vitest';
import { workflowUrlRule } from '../../src/adapters/wrk-http/answer-body.js';
import type { WrkPlatformClient } from '../../src/ports/wrk-platform-client.js';
import * as given from '../support/given.js';
import { type AnyApp, BY_OPS, describeInEachFamily } from './support/in-each-family.js';

const REFUSED = { code: 'invalid_input', details: { findings: [{ path: 'workflowUrl' }] } };

const withHosts = (client: WrkPlatformClient): WrkPlatformClient => ({
  ...client,
  isWorkflowUrlAllowed: workflowUrlRule(new URL('https://api.wrk.example'), ['*.wrk.example']),
});

const withoutRule = ({ isWorkflowUrlAllowed: _rule, ...client }: WrkPlatformClient): WrkPlatformClient =>
  client;

describeInEachFamily('the address of an adopted workflow', (open) => {
  const adopt = async (app: AnyApp, ...urls: readonly string[]) => {
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const command = { tenantId, bindingId, workflowId: 'wf-by-hand', ...BY_OPS };
    const before = await app.store.libraryRows();
    for (const workflowUrl of urls) {
      const refused = await app.builds.adoptWorkflow({ ...command, workflowUrl });
      expect(refused._unsafeUnwrapErr(), workflowUrl).toMatchObject(REFUSED);
    }
    expect(await app.store.libraryRows()).toEqual(before);
    return (workflowUrl: string) => app.builds.adoptWorkflow({ ...command, workflowUrl });
  };

  it('hides nothing, has no user name and is https, also with a client that has no rule', async () => {
    const adoptAnother = await adopt(
      open({ client: withoutRule }),
      'https://app.wrk.example@evil.example/',
      'https://app.wrk.example/\u202Ex',
      'http://app.wrk.example/',
      `https://app.wrk.example/${'x'.repeat(2048)}`,
    );
    expect((await adoptAnother('https://anywhere.example/1')).isOk()).toBe(true);
  });

  it('is on a host that WRK’s own answers may name', async () => {
    const adoptAnother = await adopt(open({ client: withHosts }), 'https://evil.example/1');
    expect((await adoptAnother('https://app.wrk.example/1')).isOk()).toBe(true);
  });

  it('hides nothing also where the client’s own rule lets everything pass', async () => {
    const client = (inner: WrkPlatformClient) => ({ ...inner, isWorkflowUrlAllowed: () => true });
    await adopt(open({ client }), 'https://app.wrk.example@evil.example/', 'https://app.wrk.example/\u202Ex');
  });
});

describeInEachFamily('the id of an adopted workflow', (open) => {
  it.each([
    ['is blank', ' \t'],
    ['breaks the line', 'wf\n1'],
    ['steers a terminal', 'wf\u009b1'],
    ['holds half a character', 'wf\ud83d'],
    ['is too long', 'x'.repeat(201)],
  ])('is refused where it %s, and changes nothing', async (_, workflowId) => {
    const app = open();
    const { tenantId, bindingId } = await given.requestedBuild(app);
    const before = await app.store.libraryRows();
    const command = { tenantId, bindingId, workflowUrl: 'https://app.wrk.example/1', ...BY_OPS };
    const refused = await app.builds.adoptWorkflow({ ...command, workflowId });
    expect(refused._unsafeUnwrapErr()).toMatchObject({
      code: 'invalid_input',
      details: { findings: expect.arrayContaining([expect.objectContaining({ path: 'workflowId' })]) },
    });
    expect(await app.store.libraryRows()).toEqual(before);
    expect((await app.builds.adoptWorkflow({ ...command, workflowId: 'wf 1' })).isOk()).toBe(true);
  });
});
