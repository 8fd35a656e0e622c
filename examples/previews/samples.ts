import type { Notification } from 'wrk-builds';
import type { NotificationMessage } from 'wrk-builds/ports';

/** One notification to look at. */
export interface Sample {
  /** The name of its files. */
  readonly name: string;
  /** What there is to see. */
  readonly about: string;
  readonly notification: Notification;
}

const MESSAGE: NotificationMessage = {
  v: 1,
  kind: 'notification',
  tenantId: '2f0c7a52-0d0a-4c39-8a35-6a2f6cbb7f10',
  bindingId: '9b8f2a74-8d5e-4a15-9d0c-1f3f0c2a7e61',
  automationVersionId: '5c3a1c1e-2d4f-4f6b-8f57-0a1b2c3d4e5f',
  projectId: '7e6d5c4b-3a29-4818-9706-f5e4d3c2b1a0',
  fence: 3,
  channel: 'email',
  template: 'build_started',
  audience: 'client',
  assigneeId: null,
  automationName: 'Invoice approval',
  projectName: 'Finance automation',
  workflowUrl: null,
  errorReason: null,
  errorDetails: [],
  requestId: 'req_8f2c91',
  occasion: null,
};

const LONG_FINDING =
  'Node “Check the amount against the purchase order and ask a second person above the limit” names the system “SAP S/4HANA Cloud, public edition, tenant of the shared service centre”, for which this tenant has no connection with the permission to write: connect it, or give the step to a person who may do this by hand.';

const sample = (name: string, about: string, fields: Partial<NotificationMessage>): Sample => ({
  name,
  about,
  notification: {
    key: `preview:${name}`,
    recipient: { id: 'person', address: 'person@example.com' },
    message: { ...MESSAGE, ...fields },
  },
});

const WORKFLOW = 'https://app.wrk.example/workflows/wf_01J9ZK4';

/** Every template for each of its audiences, and the hard cases. */
export const SAMPLES: readonly Sample[] = [
  sample('build-started-client', 'build_started to the client', {}),
  sample('build-started-ops', 'build_started to the ops channel', {
    audience: 'ops_channel',
    channel: 'slack',
  }),
  sample('build-assigned-engineer', 'build_assigned to the engineer', {
    template: 'build_assigned',
    audience: 'solutions_engineer',
    assigneeId: 'engineer',
  }),
  sample('build-assigned-nobody', 'build_assigned to the ops team, while nobody is assigned', {
    template: 'build_assigned',
    audience: 'ops_team',
  }),
  sample('build-complete', 'build_complete to the client', {
    template: 'build_complete',
    workflowUrl: WORKFLOW,
  }),
  sample('qa-ready', 'qa_ready to the ops team', {
    template: 'qa_ready',
    audience: 'ops_team',
    workflowUrl: WORKFLOW,
  }),
  sample('build-reopened', 'build_reopened to the client', { template: 'build_reopened' }),
  sample('build-failed', 'build_failed to the ops team', {
    template: 'build_failed',
    audience: 'ops_team',
    errorReason: 'blueprint_rejected',
    errorDetails: [
      'WRK answered 422 and rejected the blueprint',
      'nodes[3].systems: the system “NetSuite” is not connected',
      'edges[7]: ends on node “n12”, which does not exist',
    ],
  }),
  sample('build-failed-no-findings', 'build_failed without findings', {
    template: 'build_failed',
    audience: 'ops_team',
    errorReason: 'network_failure',
    errorDetails: ['no answer came within 30000 ms'],
  }),
  sample('workflow-unbound', 'workflow_unbound to the ops team', {
    template: 'workflow_unbound',
    audience: 'ops_team',
    workflowUrl: WORKFLOW,
    errorDetails: ['wf_01J9ZK4', 'wf_01J9ZK7'],
  }),
  sample('adoption-superseded', 'adoption_superseded to the ops team', {
    template: 'adoption_superseded',
    audience: 'ops_team',
    errorReason: 'adoption_superseded',
    errorDetails: ['wf_01J9ZK4'],
  }),
  sample('adoption-undone', 'adoption_undone to the ops team', {
    template: 'adoption_undone',
    audience: 'ops_team',
    errorReason: 'adoption_undone',
    errorDetails: ['wf_01J9ZK4'],
  }),
  sample('wrk-unavailable', 'wrk_unavailable to the ops team', {
    template: 'wrk_unavailable',
    audience: 'ops_team',
    errorReason: 'credentials_refused',
    errorDetails: ['WRK answered 401'],
  }),
  sample('wrk-available', 'wrk_available to the ops team', {
    template: 'wrk_available',
    audience: 'ops_team',
    errorReason: 'consecutive_failures',
    errorDetails: ['Builds of all tenants waited for 312 s'],
  }),
  sample('hard-many-findings', '20 findings of 300 characters and more', {
    template: 'build_failed',
    audience: 'ops_team',
    errorReason: 'blueprint_rejected',
    errorDetails: ['WRK answered 422 and rejected the blueprint', ...Array.from({ length: 19 }, () => LONG_FINDING)],
  }),
  sample('hard-long-names', 'long names, and a word without an end', {
    template: 'build_complete',
    automationName: `Freigabe von Eingangsrechnungen mit Rechnungsprüfung und Kreditorenstammdatenabgleich ${'x'.repeat(120)}`,
    projectName:
      'Donaudampfschifffahrtsgesellschaftskapitänsmützenbestellprozessautomatisierungsvorhaben 2026/27',
    workflowUrl: WORKFLOW,
  }),
  sample('hard-german', 'German names', {
    template: 'qa_ready',
    audience: 'ops_team',
    automationName: 'Prüfung der Einkommensteuererklärungen (Köln & Düsseldorf)',
    projectName: 'Finanzbuchhaltung „Großkunden“',
    workflowUrl: WORKFLOW,
  }),
  sample('hard-right-to-left', 'names from right to left', {
    automationName: 'אישור חשבוניות ספקים (2026)',
    projectName: 'مشروع أتمتة المالية – المرحلة 2',
  }),
  sample('hard-nothing-known', 'no project, no name, no workflow', {
    template: 'build_complete',
    automationName: '',
    projectId: null,
    projectName: null,
  }),
  sample('hard-nasty', 'markup, line breaks and turned text in every value', {
    template: 'build_failed',
    audience: 'ops_team',
    automationName: `<script>document.title='executed'</script><img src=x onerror="document.title='executed'"> *bold* <!channel> \u202Etxet denrut`,
    projectName: '"><a href="javascript:alert(1)">click</a>\r\nBcc: everyone@example.com',
    workflowUrl: 'javascript:alert(1)',
    errorReason: 'wrk_api_error',
    errorDetails: ['<b>not bold</b> & {{handlebars}}', '<style>body{display:none}</style>'],
  }),
];
