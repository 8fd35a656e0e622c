import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, isForStaff, nameOf } from './words.js';

/** To the client, the project owner and the ops channel: a build was requested and will run. */
export const buildStarted: Template<'build_started'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  const staff = isForStaff(message);
  return renderContent({
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
    facts: aboutBuild(message),
    list: null,
    actions: staff
      ? [
          { label: 'Open the build', url: links.build },
          { label: 'Open the project', url: links.project },
        ]
      : [{ label: 'Open the project', url: links.project }],
    footer: footerFor(message),
    brand,
  });
};
