import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { footerFor, nameOf } from './words.js';

/** WRK works again: to the ops team, once an episode. */
export const wrkAvailable: Template<'wrk_available'> = ({ message, links, brand }) =>
  renderContent({
    subject: 'WRK works again: builds go on',
    tone: 'success',
    label: 'WRK available',
    heading: say`WRK works again`,
    paragraphs: [
      say`The builds that waited go on by themselves. Those that failed meanwhile can be retried now.`,
    ],
    facts: [{ name: 'Tried with', value: nameOf(message) }],
    list: { title: 'How long it was', items: message.errorDetails },
    actions: [{ label: 'Open the build', url: links.build }],
    footer: footerFor(message),
    brand,
  });
