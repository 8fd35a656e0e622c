import type { CircuitBreakerReason } from '../../../core/build/circuit-breaker-facts.js';
import { type Phrase, say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { footerFor, nameOf } from './words.js';

const CAUSES: Readonly<Record<CircuitBreakerReason, Phrase>> = {
  consecutive_failures: say`WRK has failed several times in a row.`,
  credentials_refused: say`WRK refuses our credentials. Check the token: until it is right, no build of anybody gets through.`,
  tenant_refused: say`WRK refuses this tenant, or does not know it. Check the tenant’s access at WRK.`,
};

/** Of a reason that this version does not know, written by a newer one. */
const UNKNOWN: Phrase = say`WRK cannot be used for now.`;

/** Builds are held back from WRK: to the ops team, once an episode. */
export const wrkUnavailable: Template<'wrk_unavailable'> = ({ message, links, brand }) => {
  const known = Object.entries(CAUSES).find(([reason]) => reason === message.errorReason);
  return renderContent({
    subject: 'WRK is unavailable: builds wait',
    tone: 'problem',
    label: 'WRK unavailable',
    heading: say`WRK is unavailable, and builds wait`,
    paragraphs: [
      known ? known[1] : UNKNOWN,
      say`No build is lost. One at a time is tried, and the others go on by themselves once WRK works. You hear of it then.`,
    ],
    facts: [
      { name: 'Seen with', value: nameOf(message) },
      { name: 'Reason', value: message.errorReason },
    ],
    list: { title: 'What WRK said', items: message.errorDetails },
    actions: [{ label: 'Open the build', url: links.build }],
    footer: footerFor(message),
    brand,
  });
};
