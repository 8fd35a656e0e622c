import {
  type Content,
  cleanText,
  clip,
  escapeHtml,
  type Phrase,
  plainPhrase,
  renderText,
  shownActions,
  shownFacts,
  shownItems,
  type Tone,
} from './content.js';
import { renderSlack, type SlackContent } from './render-slack.js';

/** A rendered notification, ready to be sent over every channel. */
export interface NotificationContent {
  /** One line. Line breaks and control characters are removed before it is sent. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** @default the plain text */
  readonly slack?: SlackContent;
}

/** Mail clients cut off longer subjects. */
const MAX_SUBJECT_LENGTH = 160;

/**
 * Renders content as text, HTML and a Slack message, with every value escaped. Each is rendered when it is read, so a
 * channel renders only what it sends. Call it at the end of your own templates to make them look like the default ones.
 *
 * @example
 * ```ts
 * import { renderContent, say, smtpNotifier } from 'wrk-builds/notify';
 *
 * const email = smtpNotifier({
 *   transport,
 *   from: 'builds@example.com',
 *   templates: {
 *     build_complete: ({ message, links, brand }) =>
 *       renderContent({
 *         subject: `Fertig: ${message.automationName}`,
 *         tone: 'success',
 *         label: 'Fertig',
 *         heading: say`${message.automationName} ist fertig`,
 *         paragraphs: [say`Wir testen jetzt.`],
 *         facts: [{ name: 'Projekt', value: message.projectName }],
 *         list: null,
 *         actions: [{ label: 'Projekt ansehen', url: links.project }],
 *         footer: 'Sie erhalten diese Mail, weil wir für Sie bauen.',
 *         brand,
 *       }),
 *   },
 * });
 * ```
 */
export function renderContent(content: Content): Required<NotificationContent> {
  return {
    subject: clip(cleanText(content.subject), MAX_SUBJECT_LENGTH),
    get text() {
      return renderText(content);
    },
    get html() {
      return renderHtml(content);
    },
    get slack() {
      return renderSlack(content);
    },
  };
}

/** Characters of the preview that mail clients show after the subject. */
const MAX_PREVIEW_LENGTH = 140;

/** Renders content as HTML for mail: tables and inline styles, no remote resources, no scripts. */
function renderHtml(content: Content): string {
  const palette = PALETTES[content.tone];
  const preview = clip(content.paragraphs.map((phrase) => plainPhrase(phrase)).join(' '), MAX_PREVIEW_LENGTH);
  const body = [
    `<span class="label" style="display:inline-block;padding:4px 10px;border-radius:999px;background:${palette.tint};color:${palette.ink};font-size:12px;line-height:16px;font-weight:600;letter-spacing:0.02em;">${escapeHtml(content.label)}</span>`,
    `<h1 class="heading" style="margin:14px 0 14px;font-size:24px;line-height:31px;font-weight:700;letter-spacing:-0.01em;color:#0f172a;${BREAKS}">${headingHtml(content.heading)}</h1>`,
    ...content.paragraphs.map(words),
    factsHtml(content),
    ...(isLong(content)
      ? [actionsHtml(content, palette.accent), spacer, listHtml(content)]
      : [listHtml(content), actionsHtml(content, palette.accent)]),
  ];
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${escapeHtml(cleanText(content.subject))}</title>
<style>${headStyle(palette)}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#eef1f6;font-family:${FONT};">
<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;color:transparent;">${escapeHtml(preview)}</div>
${table(
  `<tr><td class="outer" align="center" style="padding:36px 16px;">
${table(
  `<tr><td class="quiet" style="padding:0 4px 12px;font-size:13px;line-height:18px;font-weight:600;color:#64748b;${BREAKS}">${escapeHtml(cleanText(content.brand))}</td></tr>
<tr><td style="height:5px;line-height:5px;font-size:0;background:${palette.accent};border-radius:10px 10px 0 0;">&nbsp;</td></tr>
<tr><td class="card" style="padding:30px 32px 32px;background:#ffffff;border:1px solid #dfe4ec;border-top:0;border-radius:0 0 10px 10px;">
${body.filter((part) => part !== '').join('\n')}
</td></tr>
<tr><td class="quiet" style="padding:16px 4px 0;font-size:13px;line-height:19px;color:#64748b;${BREAKS}">${escapeHtml(content.footer)}</td></tr>`,
  'max-width:600px;margin:0 auto;table-layout:fixed;text-align:left;',
)}
</td></tr>`,
)}
</body>
</html>
`;
}

/** A heading is bold already, so its values need no `strong`. */
function headingHtml(phrase: Phrase): string {
  return phrase
    .map((part) =>
      typeof part === 'string' ? escapeHtml(part) : `<bdi>${escapeHtml(cleanText(part.value))}</bdi>`,
    )
    .join('');
}

function factsHtml(content: Content): string {
  const facts = shownFacts(content);
  if (facts.length === 0) return '';
  const line = 'border-bottom:1px solid #e6eaf1;';
  const rows = facts.map(
    ({ name, value }) =>
      `<tr><td class="fact-name line" valign="top" width="130" style="width:130px;padding:10px 12px 10px 0;${line}font-size:14px;line-height:21px;color:#64748b;">${escapeHtml(name)}</td><td class="fact-value line" valign="top" dir="auto" style="padding:10px 0;${line}font-size:14px;line-height:21px;color:#1e293b;${BREAKS}">${escapeHtml(value)}</td></tr>`,
  );
  return table(
    rows.join('\n'),
    'margin:6px 0 18px;border-top:1px solid #e6eaf1;table-layout:fixed;',
    ' class="line"',
  );
}

/** With a long list, the button comes first, so that nobody has to scroll to find it. */
const isLong = (content: Content) => shownItems(content).items.length > 5;

const spacer = '<div style="height:28px;line-height:28px;font-size:0;">&nbsp;</div>';

function listHtml(content: Content): string {
  const { items } = shownItems(content);
  if (items.length === 0) return '';
  const rows = items.map((item, index) => {
    const line = index === items.length - 1 ? '' : 'border-bottom:1px solid #e6eaf1;';
    const cell = `${line}font-size:14px;line-height:21px;`;
    return `<tr><td class="quiet line" valign="top" align="right" width="26" style="width:26px;padding:10px 0 10px 10px;${cell}color:#64748b;">${items.length === 1 ? '•' : `${index + 1}.`}</td><td class="item line" valign="top" dir="auto" style="padding:10px 14px 10px 10px;${cell}color:#334155;${BREAKS}">${escapeHtml(item)}</td></tr>`;
  });
  return `<p class="strong" style="margin:0 0 8px;font-size:14px;line-height:21px;font-weight:600;color:#0f172a;">${escapeHtml(content.list?.title ?? '')}</p>
${table(rows.join('\n'), 'margin:0 0 20px;background:#f8fafc;border:1px solid #e6eaf1;border-radius:8px;table-layout:fixed;', ' class="items"')}`;
}

function actionsHtml(content: Content, accent: string): string {
  const [first, ...others] = shownActions(content);
  if (!first) return '';
  const button = `<table role="presentation" cellpadding="0" cellspacing="0" border="0" class="button" style="margin:22px 0 0;"><tr><td style="border-radius:8px;background:${accent};"><a href="${escapeHtml(first.url)}" style="display:inline-block;padding:12px 22px;border-radius:8px;font-size:15px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;">${escapeHtml(first.label)}</a></td></tr></table>`;
  const links = others.map(
    ({ label, url }) =>
      `<a class="link" href="${escapeHtml(url)}" style="color:#1d4ed8;text-decoration:underline;">${escapeHtml(label)}</a>`,
  );
  const more =
    links.length === 0
      ? ''
      : `\n<p class="words" style="margin:16px 0 0;font-size:14px;line-height:21px;color:#334155;">${links.join(' &nbsp;·&nbsp; ')}</p>`;
  return button + more;
}

/** `bdi` isolates a value, so that a right-to-left name does not reverse the words around it. */
const html = (phrase: Phrase): string =>
  phrase
    .map((part) =>
      typeof part === 'string'
        ? escapeHtml(part)
        : `<strong class="strong" style="color:#0f172a;font-weight:600;"><bdi>${escapeHtml(cleanText(part.value))}</bdi></strong>`,
    )
    .join('');

const table = (rows: string, style = '', more = ''): string =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"${more} style="border-collapse:separate;border-spacing:0;${style}">${rows}</table>`;

const words = (phrase: Phrase): string =>
  `<p class="words" style="margin:0 0 14px;font-size:16px;line-height:25px;color:#334155;${BREAKS}">${html(phrase)}</p>`;

/** The colours of one tone. The dark ones are used in the head, for clients that support dark mode. */
interface Palette {
  readonly accent: string;
  readonly ink: string;
  readonly tint: string;
  readonly darkInk: string;
  readonly darkTint: string;
}

const PALETTES: Readonly<Record<Tone, Palette>> = {
  info: { accent: '#2563eb', ink: '#1e40af', tint: '#e0eaff', darkInk: '#bfdbfe', darkTint: '#1e3a8a' },
  success: { accent: '#15803d', ink: '#166534', tint: '#dcfce7', darkInk: '#bbf7d0', darkTint: '#14532d' },
  attention: { accent: '#b45309', ink: '#92400e', tint: '#fef3c7', darkInk: '#fde68a', darkTint: '#78350f' },
  problem: { accent: '#b91c1c', ink: '#991b1b', tint: '#fee2e2', darkInk: '#fecaca', darkTint: '#7f1d1d' },
};

/** System fonts; none is downloaded. */
const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Very long words break anywhere, so that a phone never scrolls sideways. */
const BREAKS = 'overflow-wrap:anywhere;word-break:break-word;';

/** Rules that inline styles cannot express. A client that drops them shows the light version, with nothing cut off. */
const headStyle = ({ darkInk, darkTint }: Palette): string => `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  body { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
  @media (max-width: 480px) {
    .outer { padding: 16px 10px !important; }
    .card { padding: 22px 20px 24px !important; }
    .heading { font-size: 21px !important; line-height: 28px !important; }
    .fact-name, .fact-value { display: block !important; width: auto !important; }
    .fact-name { padding: 10px 0 0 !important; border-bottom: 0 !important; }
    .fact-value { padding: 2px 0 10px !important; }
    .button { width: 100% !important; }
    .button a { display: block !important; text-align: center !important; }
  }
  @media (prefers-color-scheme: dark) {
    .page, .outer { background: #0b1220 !important; }
    .card { background: #172033 !important; border-color: #2b3853 !important; }
    .heading, .strong { color: #f8fafc !important; }
    .words, .fact-value, .item { color: #d7deea !important; }
    .quiet, .fact-name { color: #9aa8bf !important; }
    .line { border-color: #2b3853 !important; }
    .items { background: #111a2c !important; border-color: #2b3853 !important; }
    .label { background: ${darkTint} !important; color: ${darkInk} !important; }
    .link { color: #93c5fd !important; }
  }`;
