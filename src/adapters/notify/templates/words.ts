import type { NotificationAudience, NotificationMessage } from '../../../core/build/messages.js';
import type { Content } from '../content/content.js';
import { cleanText, clip } from '../text/clean-text.js';

/** Characters of a name that fit in a subject or a heading. */
const MAX_NAME_LENGTH = 90;

/** The automation's name. It is empty when the automation's row no longer exists. */
export function nameOf({ automationName }: NotificationMessage): string {
  return clip(cleanText(automationName), MAX_NAME_LENGTH) || 'Unnamed automation';
}

/** The automation and the project, as facts. */
export function aboutBuild({ automationName, projectName }: NotificationMessage): Content['facts'] {
  return [
    { name: 'Automation', value: automationName },
    { name: 'Project', value: projectName },
  ];
}

const REASONS: Readonly<Record<NotificationAudience, string>> = {
  client: 'You’re receiving this because we’re building this automation for you.',
  solutions_engineer: 'You’re receiving this because this build is assigned to you.',
  project_owner: 'You’re receiving this because you own this project.',
  ops_team: 'You’re receiving this because you’re on the ops team.',
  ops_channel: 'This channel receives build notifications.',
};

/** Why the recipient gets this message. */
export function footerFor({ audience }: NotificationMessage): string {
  return REASONS[audience];
}

/** Whether the reader works on builds, rather than waits for one. */
export function isForStaff({ audience }: NotificationMessage): boolean {
  return audience === 'ops_team' || audience === 'ops_channel' || audience === 'solutions_engineer';
}
