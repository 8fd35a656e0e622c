import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** A build has somebody who looks after it: to that engineer; to the ops team while it has nobody. */
export const buildAssigned: Template<'build_assigned'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  const isTheirs = message.audience === 'solutions_engineer';
  return renderContent({
    subject: isTheirs ? `Assigned to you: ${name}` : `Nobody is assigned to ${name}`,
    tone: isTheirs ? 'info' : 'attention',
    label: isTheirs ? 'Assigned to you' : 'Not assigned',
    heading: isTheirs ? say`${name} is yours to look after` : say`${name} needs somebody to look after it`,
    paragraphs: isTheirs
      ? [
          say`The build of ${name} is assigned to you.`,
          say`The manual tasks of its checklist are yours. You can begin with them now.`,
        ]
      : [
          say`The build of ${name} has no solutions engineer yet.`,
          say`Assign one, so that somebody does the manual tasks of the checklist.`,
        ],
    facts: aboutBuild(message),
    list: null,
    actions: [
      { label: isTheirs ? 'Open the build' : 'Assign somebody', url: links.build },
      { label: 'Open the project', url: links.project },
    ],
    footer: footerFor(message),
    brand,
  });
};
