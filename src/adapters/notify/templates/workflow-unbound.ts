import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** WRK holds a workflow that no build does: to the ops team, who alone can say whether it is wanted. */
export const workflowUnbound: Template<'workflow_unbound'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  return renderContent({
    subject: `A workflow without a build: ${name}`,
    tone: 'attention',
    label: 'Look at this',
    heading: say`WRK made a workflow that no build of ${name} holds`,
    paragraphs: [
      say`The answer came too late, or the version was moved on while WRK was at work.`,
      say`If the build still needs the workflow, adopt it. If not, remove it at WRK.`,
    ],
    facts: aboutBuild(message),
    list: { title: 'Workflows at WRK', items: message.errorDetails },
    actions: [
      { label: 'Open the workflow', url: links.workflow },
      { label: 'Open the build', url: links.build },
    ],
    footer: footerFor(message),
    brand,
  });
};
