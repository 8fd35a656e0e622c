import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, isForStaff, nameOf } from './words.js';

/** A build was requested and will run: to the client, the owner of the project, and the channel of ops. */
export const buildStarted: Template<'build_started'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  const staff = isForStaff(message);
  return renderContent({
    subject: staff ? `New build: ${name}` : `We have started to build ${name}`,
    tone: 'info',
    label: staff ? 'New build' : 'Build started',
    heading: staff ? say`New build: ${name}` : say`We have started to build ${name}`,
    paragraphs: staff
      ? [say`The build of ${name} was requested and has started.`]
      : [
          say`The build of ${name} is under way.`,
          say`There is nothing you have to do. You hear from us as soon as it is built.`,
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
