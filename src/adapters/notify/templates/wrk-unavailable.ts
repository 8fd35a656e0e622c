import type { CircuitBreakerReason } from '../../../core/build/circuit-breaker-facts.js';
import { type Phrase, say } from '../content/content.js';
import { renderContent } from '../content/render-content.js';
import type { Template } from './template.js';
import { footerFor, nameOf } from './words.js';

const CAUSES: Readonly<Record<CircuitBreakerReason, Phrase>> = {
  consecutive_failures: say`Several calls to WRK have failed in a row.`,
  credentials_refused: say`WRK is rejecting our credentials. Check the token: no build can succeed, for any tenant, until it is valid.`,
  tenant_refused: say`WRK is rejecting this tenant or does not recognize it. Check the tenant’s access in WRK.`,
};

/** For a reason that this version does not know because a newer one wrote it. */
const UNKNOWN: Phrase = say`WRK cannot be used at the moment.`;

/** To the ops team, once per episode: the circuit breaker is open, and builds wait. */
export const wrkUnavailable: Template<'wrk_unavailable'> = ({ message, links, brand }) => {
  const known = Object.entries(CAUSES).find(([reason]) => reason === message.errorReason);
  return renderContent({
    subject: 'WRK is unavailable: builds are waiting',
    tone: 'problem',
    label: 'WRK unavailable',
    heading: say`WRK is unavailable, and builds are waiting`,
    paragraphs: [
      known ? known[1] : UNKNOWN,
      say`No build is lost. We keep trying with one build at a time, and the rest resume automatically once WRK works again. We’ll let you know when that happens.`,
    ],
    facts: [
      { name: 'First affected', value: nameOf(message) },
      { name: 'Reason', value: message.errorReason },
    ],
    list: { title: 'Details', items: message.errorDetails },
    actions: [{ label: 'Open the build', url: links.build }],
    footer: footerFor(message),
    brand,
  });
};
