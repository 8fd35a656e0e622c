import type { NotificationAudience, NotificationMessage } from '../../../core/build/messages.js';
import type { Content } from '../content/content.js';
import { cleanText, clip } from '../text/clean-text.js';

/** So much of a name goes into a subject or a heading. */
const MAX_NAME_LENGTH = 90;

/** What the automation is called; one whose row is gone has no name any more. */
export function nameOf({ automationName }: NotificationMessage): string {
  return clip(cleanText(automationName), MAX_NAME_LENGTH) || 'Unnamed automation';
}

/** What a notification is about, as facts. */
export function aboutBuild({ automationName, projectName }: NotificationMessage): Content['facts'] {
  return [
    { name: 'Automation', value: automationName },
    { name: 'Project', value: projectName },
  ];
}

const REASONS: Readonly<Record<NotificationAudience, string>> = {
  client: 'You get this message because this automation is built for you.',
  solutions_engineer: 'You get this message because the build is assigned to you.',
  project_owner: 'You get this message because you own the project.',
  ops_team: 'You get this message because you are on the ops team.',
  ops_channel: 'This channel is told of builds.',
};

/** Why whoever gets it does. */
export function footerFor({ audience }: NotificationMessage): string {
  return REASONS[audience];
}

/** Whether whoever reads it works on builds, and not for whom they are. */
export function isForStaff({ audience }: NotificationMessage): boolean {
  return audience === 'ops_team' || audience === 'ops_channel' || audience === 'solutions_engineer';
}
