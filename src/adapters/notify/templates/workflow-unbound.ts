import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** To the ops team: WRK has a workflow that belongs to no build. Only they can say whether it is wanted. */
export const workflowUnbound: Template<'workflow_unbound'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  return renderContent({
    subject: `Workflow without a build: ${name}`,
    tone: 'attention',
    label: 'Action needed',
    heading: say`WRK created a workflow for ${name} that belongs to no build`,
    paragraphs: [
      say`WRK answered too late, or the automation version’s status had changed by then.`,
      say`If the build still needs the workflow, adopt it. Otherwise, delete it in WRK.`,
    ],
    facts: aboutBuild(message),
    list: { title: 'Workflows in WRK', items: message.errorDetails },
    actions: [
      { label: 'Open the workflow', url: links.workflow },
      { label: 'Open the build', url: links.build },
    ],
    footer: footerFor(message),
    brand,
  });
};
