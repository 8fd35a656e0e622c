import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { notificationWriter } from 'wrk-builds/notify';
import { indexPage } from './index-page.js';
import { SAMPLES } from './samples.js';
import { takeScreenshots } from './screenshots.js';
import { slackPage } from './slack-page.js';

/**
 * Writes every sample as HTML, text and Slack JSON into `folder`, pictures of them where there is a browser, and an index of
 * all; returns how many samples there are.
 */
export async function writePreviews(folder: string, chromium: string | null): Promise<number> {
  const write = notificationWriter({ links: { baseUrl: 'https://app.example.com' }, brand: 'Copilot' });
  await mkdir(folder, { recursive: true });
  const contents = SAMPLES.map(({ name, about, notification }) => ({ name, about, ...write(notification) }));
  for (const { name, subject, text, html, slack } of contents) {
    await writeFile(join(folder, `${name}.html`), html);
    await writeFile(join(folder, `${name}.txt`), `Subject: ${subject}\n\n${text}`);
    if (slack) await writeFile(join(folder, `${name}.slack.json`), `${JSON.stringify(slack, null, 2)}\n`);
  }
  if (chromium !== null) {
    const pages = contents.flatMap(({ name, html, slack }) => [
      { name, html },
      ...(slack ? [{ name: `${name}.slack`, html: slackPage(slack) }] : []),
    ]);
    await takeScreenshots(chromium, pages, folder);
  }
  await writeFile(join(folder, 'index.html'), indexPage(contents, chromium !== null));
  return SAMPLES.length;
}
