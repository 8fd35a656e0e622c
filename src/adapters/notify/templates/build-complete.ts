import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** A build has its workflow: to the client and the owner of the project. */
export const buildComplete: Template<'build_complete'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  return renderContent({
    subject: `${name} is built`,
    tone: 'success',
    label: 'Build complete',
    heading: say`${name} is built`,
    paragraphs: [
      say`Good news: the workflow of ${name} is in place.`,
      say`We test it next. There is nothing you have to do until we come back to you.`,
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
