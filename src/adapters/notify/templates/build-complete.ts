import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** To the client and the project owner: the build has its workflow. */
export const buildComplete: Template<'build_complete'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  return renderContent({
    subject: `${name} has been built`,
    tone: 'success',
    label: 'Build complete',
    heading: say`${name} has been built`,
    paragraphs: [
      say`Good news: we’ve finished building ${name}, and we’ll test it next.`,
      say`There’s nothing you need to do until you hear from us.`,
    ],
    facts: aboutBuild(message),
    list: null,
    actions: [
      { label: 'Open the project', url: links.project },
      { label: 'Open the workflow', url: links.workflow },
    ],
    footer: footerFor(message),
    brand,
  });
};
