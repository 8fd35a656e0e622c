import { describe, expect, it } from 'vitest';
import { notificationWriter, renderContent, say } from '../../../src/adapters/notify/index.js';
import { BUILD_ERROR_REASONS } from '../../../src/core/build/errors.js';
import { stableId } from '../../../src/testing/builders.js';
import { notice } from './support/notices.js';

const write = notificationWriter({ links: { baseUrl: 'https://app.example.com/' }, brand: 'Copilot' });
const PROJECT = `https://app.example.com/projects/${stableId('project')}`;
const BUILD = `https://app.example.com/builds/${stableId('binding')}`;
const WORKFLOW = 'https://wrk.example/workflows/1';

describe('the templates', () => {
  it.each([
    ['build_started', 'client', 'We’ve started building Invoices to ledger'],
    ['build_started', 'project_owner', 'We’ve started building Invoices to ledger'],
    ['build_started', 'ops_channel', 'New build: Invoices to ledger'],
    ['build_assigned', 'solutions_engineer', 'Assigned to you: Invoices to ledger'],
    ['build_assigned', 'ops_team', 'No engineer assigned: Invoices to ledger'],
    ['build_complete', 'client', 'Invoices to ledger has been built'],
    ['build_reopened', 'client', 'Invoices to ledger is not finished yet'],
    ['qa_ready', 'ops_team', 'Ready for QA: Invoices to ledger'],
    ['build_failed', 'ops_team', 'Build failed: Invoices to ledger'],
    ['workflow_unbound', 'ops_team', 'Workflow without a build: Invoices to ledger'],
    ['adoption_superseded', 'ops_team', 'Adopted workflow belongs to another build: Invoices to ledger'],
    ['adoption_undone', 'ops_team', 'Adoption undone: Invoices to ledger'],
    ['wrk_unavailable', 'ops_team', 'WRK is unavailable: builds are waiting'],
    ['wrk_available', 'ops_team', 'WRK is available again: builds are resuming'],
  ] as const)('say of %s to %s: %s', (template, audience, subject) => {
    const content = write(notice({ template, audience }));
    expect(content.subject).toBe(subject);
    expect(content.html).toContain(`<title>${subject}</title>`);
    expect(content.slack?.text).toBe(subject);
    for (const each of [content.text, content.html, JSON.stringify(content.slack)])
      expect(each).toContain('Invoices to ledger');
  });

  it('say in the text what the HTML says, and who it is from', () => {
    const { text } = write(
      notice({
        template: 'build_failed',
        audience: 'ops_team',
        errorReason: 'blueprint_rejected',
        errorDetails: ['WRK refused it with 422', 'first finding', 'second finding'],
      }),
    );
    expect(text).toBe(`The build of “Invoices to ledger” failed

The build failed because WRK rejected the blueprint.

What to do: fix what WRK found in the blueprint, then retry the build.

Automation: Invoices to ledger
Project: Finance
Reason: blueprint_rejected
Detail: WRK refused it with 422

Findings (2):
- first finding
- second finding

Open the build: ${BUILD}
Open the project: ${PROJECT}

-- 
You’re receiving this because you’re on the ops team.
Copilot
`);
  });

  it.each([...BUILD_ERROR_REASONS, 'of_a_newer_version'])(
    'say why a build failed for %s, and what to do',
    (errorReason) => {
      const { text } = write(notice({ template: 'build_failed', errorReason }));
      expect(text).toMatch(/The build failed because .{10,}\.\n\nWhat to do: .{10,}\.\n/);
    },
  );

  it.each([
    ['consecutive_failures', 'have failed in a row'],
    ['credentials_refused', 'rejecting our credentials'],
    ['tenant_refused', 'rejecting this tenant'],
    ['of_a_newer_version', 'cannot be used at the moment'],
  ])('say why WRK is unavailable for %s', (errorReason, words) => {
    expect(write(notice({ template: 'wrk_unavailable', errorReason })).text).toContain(words);
  });

  it('leave out what is not known', () => {
    const { subject, text, html } = write(
      notice({ template: 'build_complete', automationName: '', projectName: null, projectId: null }),
    );
    expect(subject).toBe('Unnamed automation has been built');
    for (const each of [text, html]) expect(each).not.toMatch(/null|undefined|Project|Automation:|href/);
  });

  it('cut a name in the subject short, and a finding that goes on for ever', () => {
    const long = 'Prüfung '.repeat(100);
    const { subject, text } = write(
      notice({ template: 'build_failed', automationName: long, errorDetails: ['x', 'ß'.repeat(5_000)] }),
    );
    expect(subject.length).toBeLessThan(120);
    expect(subject).toMatch(/^Build failed: Prüfung Prüfung .*…$/);
    expect(text).toContain(`- ${'ß'.repeat(599)}…\n`);
  });

  it('show a channel ten findings, and say how many there are besides', () => {
    const errorDetails = ['detail', ...Array.from({ length: 15 }, (_, index) => `finding ${index}`)];
    const slack = JSON.stringify(write(notice({ template: 'build_failed', errorDetails })).slack);
    expect(slack).toContain('finding 9');
    expect(slack).not.toContain('finding 10');
    expect(slack).toContain('and 5 more');
  });
});

describe('the links', () => {
  const links = ({ html }: { readonly html: string }) =>
    [...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url);

  it('lead below the base URL, and to the workflow', () => {
    expect(links(write(notice({ template: 'qa_ready', workflowUrl: WORKFLOW })))).toEqual([
      WORKFLOW,
      BUILD,
      PROJECT,
    ]);
  });

  it('lead where the functions of the host say', () => {
    const own = notificationWriter({
      links: {
        baseUrl: 'https://app.example.com',
        project: ({ projectId }) =>
          `https://other.example/?p=${encodeURIComponent(projectId ?? '')}&tab=build`,
        build: () => null,
      },
    });
    const { html, text } = own(notice({ template: 'qa_ready', projectId: '1 2' }));
    expect(links({ html })).toEqual(['https://other.example/?p=1%202&amp;tab=build']);
    expect(text).toContain('https://other.example/?p=1%202&tab=build');
  });

  it('are none without a base URL, and ids stay one part of the path', () => {
    expect(links(notificationWriter()(notice()))).toEqual([]);
    expect(links(write(notice({ projectId: '../../admin?x#y' })))).toEqual([
      'https://app.example.com/projects/..%2F..%2Fadmin%3Fx%23y',
    ]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'https://user:password@evil.example',
    'https://evil.example/\u202Egnp.exe',
    ' https://evil.example',
    '/relative',
  ])('never lead to %s', (workflowUrl) => {
    const own = notificationWriter({ links: { project: () => workflowUrl, build: () => workflowUrl } });
    const content = own(notice({ template: 'qa_ready', workflowUrl }));
    expect(links(content)).toEqual([]);
    expect(JSON.stringify(content)).not.toContain('evil.example');
    expect(JSON.stringify(content)).not.toContain('alert(1)');
  });

  it.each(['app.example.com', 'ftp://x', 'https://a:b@x', 'https://x/?a=b', 'https://x/#a'])(
    'of the base URL %s are refused when they are made',
    (baseUrl) => {
      expect(() => notificationWriter({ links: { baseUrl } })).toThrow(TypeError);
    },
  );
});

describe('a template of the host', () => {
  it('takes the place of the one of its name, and of no other', () => {
    const own = notificationWriter({
      brand: 'Copilot',
      links: { baseUrl: 'https://app.example.com' },
      templates: {
        build_complete: ({ message, recipient, links, brand }) => ({
          subject: `${message.template} ${recipient.id}`,
          text: `${links.project} ${brand}`,
          html: '<p>own</p>',
        }),
      },
    });
    expect(own(notice({ template: 'build_complete' }))).toEqual({
      subject: 'build_complete ada',
      text: `${PROJECT} Copilot`,
      html: '<p>own</p>',
    });
    const started = notice({ template: 'build_started' });
    expect(own(started)).toEqual(write(started));
  });

  it('may be laid out like the others', () => {
    const { subject, html, text } = renderContent({
      subject: 'Fertig:\r\nBcc: x@example.com',
      tone: 'success',
      label: '<Fertig>',
      heading: say`${'<b>'} ist fertig`,
      paragraphs: [],
      facts: [{ name: 'Projekt', value: null }],
      list: null,
      actions: [],
      footer: 'a & b',
      brand: 'Copilot',
    });
    expect(subject).toBe('Fertig: Bcc: x@example.com');
    expect(html).toContain('<bdi>&lt;b&gt;</bdi> ist fertig');
    expect(html).toContain('&lt;Fertig&gt;');
    expect(html).toContain('a &amp; b');
    expect(html).not.toContain('Projekt');
    expect(text).toContain('“<b>” ist fertig');
  });

  it('is rendered only as far as it is read', () => {
    let renderings = 0;
    const content = renderContent({
      subject: 'Fertig',
      tone: 'success',
      label: 'Fertig',
      get heading() {
        renderings += 1;
        return say`Fertig`;
      },
      paragraphs: [],
      facts: [],
      list: null,
      actions: [],
      footer: 'a & b',
      brand: 'Copilot',
    });
    expect(renderings).toBe(0);
    expect(content.text).toContain('Fertig');
    expect(content.html).toContain('Fertig');
    expect(renderings).toBe(2);
  });
});
