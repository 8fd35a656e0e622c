import { explainFailure } from '../../../core/views/explain/explain-failure.js';
import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { aboutBuild, footerFor, nameOf } from './words.js';

/** To the ops team when a build ends without a workflow: what went wrong and what to do. */
export const buildFailed: Template<'build_failed'> = ({ message, links, brand }) => {
  const name = nameOf(message);
  const { because, advice } = explainFailure(message.errorReason);
  const [detail = null, ...findings] = message.errorDetails;
  return renderContent({
    subject: `Build failed: ${name}`,
    tone: 'problem',
    label: 'Build failed',
    heading: say`The build of ${name} failed`,
    paragraphs: [[`The build failed because ${because}.`], [`What to do: ${advice}.`]],
    facts: [
      ...aboutBuild(message),
      { name: 'Reason', value: message.errorReason },
      { name: 'Detail', value: detail },
    ],
    list: {
      title: findings.length === 1 ? 'Finding' : `Findings (${findings.length})`,
      items: findings,
    },
    actions: [
      { label: 'Open the build', url: links.build },
      { label: 'Open the project', url: links.project },
    ],
    footer: footerFor(message),
    brand,
  });
};
