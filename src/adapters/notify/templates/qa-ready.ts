import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** To the ops team: the build has its workflow and can be tested. */
export const qaReady: Template<'qa_ready'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  return renderContent({
    subject: `Ready for QA: ${name}`,
    tone: 'success',
    label: 'Ready for QA',
    heading: say`${name} is ready for QA`,
    paragraphs: [
      say`The workflow for ${name} has been created, and the project is now in “QA & Testing”.`,
      say`Test the workflow and complete the remaining tasks on the checklist.`,
    ],
    facts: aboutBuild(message),
    list: null,
    actions: [
      { label: 'Open the workflow', url: links.workflow },
      { label: 'Open the build', url: links.build },
      { label: 'Open the project', url: links.project },
    ],
    footer: footerFor(message),
    brand,
  });
};
