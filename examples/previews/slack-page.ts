import type { SlackContent } from 'wrk-builds/notify';
import { escapeHtml } from 'wrk-builds/notify';

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const elementsOf = ({ elements }: Json): readonly Json[] =>
  Array.isArray(elements) ? elements.filter(isJson) : [];
const textOf = ({ text }: Json): string => escapeHtml(typeof text === 'string' ? text : '');

function html(element: Json): string {
  const style = isJson(element.style) ? element.style : {};
  switch (element.type) {
    case 'link':
      return `<a href="${escapeHtml(String(element.url))}">${textOf(element)}</a>`;
    case 'text':
      return style.bold
        ? `<b>${textOf(element)}</b>`
        : style.italic
          ? `<i>${textOf(element)}</i>`
          : textOf(element);
    case 'rich_text_list':
      return `<ul>${elementsOf(element)
        .map((item) => `<li>${html(item)}</li>`)
        .join('')}</ul>`;
    case 'rich_text_section':
      return `<div>${elementsOf(element).map(html).join('')}</div>`;
    default:
      return elementsOf(element).map(html).join('');
  }
}

/** About what Slack makes of a message: enough to see its words and their order. */
export function slackPage({ text, blocks }: SlackContent): string {
  const shown = blocks.map((block) =>
    block.type === 'header' && isJson(block.text)
      ? `<h3>${textOf(block.text)}</h3>`
      : `<div>${html(block)}</div>`,
  );
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>body{font:15px/22px Lato,Arial,sans-serif;color:#1d1c1d;max-width:680px;margin:16px;overflow-wrap:anywhere}
h3{font-size:18px;line-height:24px;margin:0 0 6px}div{white-space:pre-wrap;margin:0 0 6px}li div{margin:0}ul{margin:4px 0 0;padding-left:24px;white-space:normal}
a{color:#1264a3}.text{color:#616061;font-size:12px;margin:0 0 8px}</style>
<p class="text">In the notification: ${text}</p>
${shown.join('\n')}`;
}
