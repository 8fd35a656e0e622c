import type { CircuitBreakerReason } from '../../../core/build/circuit-breaker-facts.js';
import type { NotificationAudience, NotificationMessage } from '../../../core/build/messages.js';
import { explainFailure } from '../../../core/views/explain/explain-failure.js';
import { type Content, cleanText, clip, type Phrase, say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { AdoptionTemplate, NotificationTemplates } from './template.js';

/** The templates that the host does not replace; those of adoptions are in a file of their own. */
export const DEFAULT_TEMPLATES: Omit<NotificationTemplates, AdoptionTemplate> = {
  /** To the client, the project owner and the ops channel: a build was requested and will run. */
  build_started: ({ message, links, brand }) => {
    const name = nameOf(message);
    const staff = isForStaff(message);
    return renderContent({
      ...common(message, brand),
      subject: staff ? `New build: ${name}` : `We’ve started building ${name}`,
      tone: 'info',
      label: staff ? 'New build' : 'Build started',
      heading: staff ? say`New build: ${name}` : say`We’ve started building ${name}`,
      paragraphs: staff
        ? [say`A build of ${name} has been requested and accepted.`]
        : [
            say`Your automation ${name} is now being built.`,
            say`There’s nothing you need to do. We’ll let you know when the build is complete.`,
          ],
      actions: staff
        ? [
            { label: 'Open the build', url: links.build },
            { label: 'Open the project', url: links.project },
          ]
        : [{ label: 'Open the project', url: links.project }],
    });
  },

  /** To the solutions engineer of a build; to the ops team while the build has none. */
  build_assigned: ({ message, links, brand }) => {
    const name = nameOf(message);
    const isTheirs = message.audience === 'solutions_engineer';
    return renderContent({
      ...common(message, brand),
      subject: isTheirs ? `Assigned to you: ${name}` : `No engineer assigned: ${name}`,
      tone: isTheirs ? 'info' : 'attention',
      label: isTheirs ? 'Assigned to you' : 'Unassigned',
      heading: isTheirs ? say`${name} is assigned to you` : say`${name} needs a solutions engineer`,
      paragraphs: isTheirs
        ? [
            say`You are the solutions engineer for the build of ${name}.`,
            say`The manual tasks on its checklist are now yours, and you can start on them right away.`,
          ]
        : [
            say`Nobody is assigned to the build of ${name} yet.`,
            say`Assign an engineer, so that somebody takes on the manual tasks on its checklist.`,
          ],
      actions: [
        { label: isTheirs ? 'Open the build' : 'Assign an engineer', url: links.build },
        { label: 'Open the project', url: links.project },
      ],
    });
  },

  /** To the client and the project owner: the build has its workflow. */
  build_complete: ({ message, links, brand }) => {
    const name = nameOf(message);
    return renderContent({
      ...common(message, brand),
      subject: `${name} has been built`,
      tone: 'success',
      label: 'Build complete',
      heading: say`${name} has been built`,
      paragraphs: [
        say`Good news: we’ve finished building ${name}, and we’ll test it next.`,
        say`There’s nothing you need to do until you hear from us.`,
      ],
      actions: [
        { label: 'Open the project', url: links.project },
        { label: 'Open the workflow', url: links.workflow },
      ],
    });
  },

  /** To the ops team: the build has its workflow and can be tested. */
  qa_ready: ({ message, links, brand }) => {
    const name = nameOf(message);
    return renderContent({
      ...common(message, brand),
      subject: `Ready for QA: ${name}`,
      tone: 'success',
      label: 'Ready for QA',
      heading: say`${name} is ready for QA`,
      paragraphs: [
        say`The workflow for ${name} has been created, and the project is now in “QA & Testing”.`,
        say`Test the workflow and complete the remaining tasks on the checklist.`,
      ],
      actions: [
        { label: 'Open the workflow', url: links.workflow },
        { label: 'Open the build', url: links.build },
        { label: 'Open the project', url: links.project },
      ],
    });
  },

  /** To the ops team when a build ends without a workflow: what went wrong and what to do. */
  build_failed: ({ message, links, brand }) => {
    const name = nameOf(message);
    const { because, advice } = explainFailure(message.errorReason);
    const [detail = null, ...findings] = message.errorDetails;
    return renderContent({
      ...common(message, brand),
      subject: `Build failed: ${name}`,
      tone: 'problem',
      label: 'Build failed',
      heading: say`The build of ${name} failed`,
      paragraphs: [[`The build failed because ${because}.`], [`What to do: ${advice}.`]],
      facts: [
        ...aboutBuild(message),
        { name: 'Reason', value: message.errorReason },
        { name: 'Detail', value: detail },
      ],
      list: {
        title: findings.length === 1 ? 'Finding' : `Findings (${findings.length})`,
        items: findings,
      },
      actions: [
        { label: 'Open the build', url: links.build },
        { label: 'Open the project', url: links.project },
      ],
    });
  },

  /** To the ops team: WRK has a workflow that belongs to no build. Only they can say whether it is wanted. */
  workflow_unbound: ({ message, links, brand }) => {
    const name = nameOf(message);
    const isKnown = message.errorReason !== 'outcome_unknown';
    return renderContent({
      ...common(message, brand),
      subject: `${isKnown ? 'Workflow without a build' : 'Possible duplicate workflow'}: ${name}`,
      tone: 'attention',
      label: 'Action needed',
      heading: isKnown
        ? say`WRK created a workflow for ${name} that belongs to no build`
        : say`WRK may have created another workflow for ${name}`,
      paragraphs: [
        isKnown
          ? say`WRK answered too late, or the automation version’s status had changed by then.`
          : say`A call to WRK ended without an answer, and we could not find out whether it created a workflow. Look for workflows of this automation in WRK.`,
        isKnown
          ? say`If the build still needs the workflow, adopt it. Otherwise, delete it in WRK.`
          : say`If you find one that belongs to no build, delete it in WRK.`,
      ],
      list: { title: 'Workflows in WRK', items: message.errorDetails },
      actions: [
        { label: 'Open the workflow', url: links.workflow },
        { label: 'Open the build', url: links.build },
      ],
    });
  },

  /** To the ops team, once per episode: the circuit breaker is open, and builds wait. */
  wrk_unavailable: ({ message, links, brand }) => {
    const known = Object.entries(CAUSES).find(([reason]) => reason === message.errorReason);
    return renderContent({
      ...common(message, brand),
      subject: 'WRK is unavailable: builds are waiting',
      tone: 'problem',
      label: 'WRK unavailable',
      heading: say`WRK is unavailable, and builds are waiting`,
      paragraphs: [
        known ? known[1] : UNKNOWN,
        say`No build is lost. We keep trying with one build at a time, and the rest resume automatically once WRK works again. We’ll let you know when that happens.`,
      ],
      facts: [
        { name: 'First affected', value: nameOf(message) },
        { name: 'Reason', value: message.errorReason },
      ],
      list: { title: 'Details', items: message.errorDetails },
      actions: [{ label: 'Open the build', url: links.build }],
    });
  },

  /** To the ops team, once per episode: WRK is available again. */
  wrk_available: ({ message, links, brand }) =>
    renderContent({
      ...common(message, brand),
      subject: 'WRK is available again: builds are resuming',
      tone: 'success',
      label: 'WRK available',
      heading: say`WRK is available again`,
      paragraphs: [
        say`Waiting builds resume automatically. You can now retry the builds that failed in the meantime.`,
      ],
      facts: [{ name: 'Confirmed by', value: nameOf(message) }],
      list: { title: 'How long builds waited', items: message.errorDetails },
      actions: [{ label: 'Open the build', url: links.build }],
    }),
};

const CAUSES: Readonly<Record<CircuitBreakerReason, Phrase>> = {
  consecutive_failures: say`Several calls to WRK have failed in a row.`,
  credentials_refused: say`WRK is rejecting our credentials. Check the token: no build can succeed, for any tenant, until it is valid.`,
  tenant_refused: say`WRK is rejecting this tenant or does not recognize it. Check the tenant’s access in WRK.`,
};

/** For a reason that this version does not know because a newer one wrote it. */
const UNKNOWN: Phrase = say`WRK cannot be used at the moment.`;

/** What contents have in common, unless they say otherwise. */
export function common(
  message: NotificationMessage,
  brand: string,
): Pick<Content, 'facts' | 'list' | 'footer' | 'brand'> {
  return { facts: aboutBuild(message), list: null, footer: REASONS[message.audience], brand };
}

/** The automation and the project, as facts. */
function aboutBuild({ automationName, projectName }: NotificationMessage): Content['facts'] {
  return [
    { name: 'Automation', value: automationName },
    { name: 'Project', value: projectName },
  ];
}

/** Why the recipient gets this message. */
const REASONS: Readonly<Record<NotificationAudience, string>> = {
  client: 'You’re receiving this because we’re building this automation for you.',
  solutions_engineer: 'You’re receiving this because this build is assigned to you.',
  project_owner: 'You’re receiving this because you own this project.',
  ops_team: 'You’re receiving this because you’re on the ops team.',
  ops_channel: 'This channel receives build notifications.',
};

/** Characters of a name that fit in a subject or a heading. */
const MAX_NAME_LENGTH = 90;

/** The automation's name. It is empty when the automation's row no longer exists. */
export function nameOf({ automationName }: NotificationMessage): string {
  return clip(cleanText(automationName), MAX_NAME_LENGTH) || 'Unnamed automation';
}

/** Whether the reader works on builds, rather than waits for one. */
function isForStaff({ audience }: NotificationMessage): boolean {
  return audience === 'ops_team' || audience === 'ops_channel' || audience === 'solutions_engineer';
}
