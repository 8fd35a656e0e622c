import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** To the solutions engineer of a build; to the ops team while the build has none. */
export const buildAssigned: Template<'build_assigned'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  const isTheirs = message.audience === 'solutions_engineer';
  return renderContent({
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
    facts: aboutBuild(message),
    list: null,
    actions: [
      { label: isTheirs ? 'Open the build' : 'Assign an engineer', url: links.build },
      { label: 'Open the project', url: links.project },
    ],
    footer: footerFor(message),
    brand,
  });
};
