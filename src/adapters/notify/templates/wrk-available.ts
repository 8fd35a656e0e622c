import { say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { footerFor, nameOf } from './words.js';

/** To the ops team, once per episode: WRK is available again. */
export const wrkAvailable: Template<'wrk_available'> = ({ message, links, brand }) =>
  renderContent({
    subject: 'WRK is available again: builds are resuming',
    tone: 'success',
    label: 'WRK available',
    heading: say`WRK is available again`,
    paragraphs: [
      say`Waiting builds resume automatically. You can now retry the builds that failed in the meantime.`,
    ],
    facts: [{ name: 'Confirmed by', value: nameOf(message) }],
    list: { title: 'How long builds waited', items: message.errorDetails },
    actions: [{ label: 'Open the build', url: links.build }],
    footer: footerFor(message),
    brand,
  });
