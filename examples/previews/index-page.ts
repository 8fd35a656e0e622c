import { escapeHtml } from 'wrk-builds/notify';

/** What the index shows of one sample. */
export interface IndexEntry {
  readonly name: string;
  readonly about: string;
  readonly subject: string;
}

/** One page with all pictures; without pictures, with the mails themselves. */
export function indexPage(entries: readonly IndexEntry[], hasPictures: boolean): string {
  const shown = ({ name }: IndexEntry) =>
    hasPictures
      ? `<img src="${name}.desktop.png" width="640" loading="lazy" alt="desktop"><img src="${name}.phone.png" width="240" loading="lazy" alt="phone"><img src="${name}.phone-dark.png" width="240" loading="lazy" alt="phone, dark"><img src="${name}.slack.phone.png" width="240" loading="lazy" alt="Slack">`
      : `<iframe src="${name}.html" width="640" height="700"></iframe><iframe src="${name}.html" width="390" height="700"></iframe>`;
  const sections = entries.map(
    (entry) => `<section id="${entry.name}"><h2>${escapeHtml(entry.about)}</h2>
<p>${escapeHtml(entry.subject)}</p>
<p><a href="${entry.name}.html">HTML</a> <a href="${entry.name}.txt">text</a> <a href="${entry.name}.slack.json">Slack</a></p>
<div class="row">${shown(entry)}</div></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Notifications</title>
<style>body{font:15px/22px sans-serif;margin:24px;color:#1e293b}h2{margin:32px 0 4px;font-size:17px}p{margin:2px 0}
.row{display:flex;gap:16px;align-items:flex-start;overflow-x:auto;padding:12px 0}img,iframe{border:1px solid #cbd5e1}</style>
<h1>Notifications</h1>
${sections.join('\n')}
</html>
`;
}
