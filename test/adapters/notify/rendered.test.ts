import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from '../../../examples/previews/find-chromium.js';
import { SAMPLES } from '../../../examples/previews/samples.js';
import { WIDTHS } from '../../../examples/previews/screenshots.js';
import { notificationWriter } from '../../../src/adapters/notify/index.js';

const executablePath = findChromium();
const write = notificationWriter({ links: { baseUrl: 'https://app.example.com' }, brand: 'Copilot' });

describe.skipIf(executablePath === null)('the mails in a browser', () => {
  let browser: Browser;
  const seen: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  /** Opens a mail with scripts allowed and everything that it fetches written down. */
  const pages = new Map<number, Page>();
  const open = async (html: string, width: number): Promise<Page> => {
    const page = pages.get(width) ?? (await blank(width));
    pages.set(width, page);
    await page.setContent(html);
    return page;
  };
  const blank = async (width: number): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    page.on('request', (request) => seen.push(request.url()));
    page.on('dialog', (dialog) => {
      seen.push(dialog.message());
      void dialog.dismiss();
    });
    return page;
  };

  it.each(SAMPLES)(
    'fit a phone and a desktop, fetch nothing and run nothing: $name',
    async ({ notification }) => {
      seen.splice(0);
      const { html, subject } = write(notification);
      for (const width of [WIDTHS.phone, WIDTHS.desktop]) {
        const page = await open(html, width);
        const root = page.locator('html');
        expect(await root.evaluate((each) => each.scrollWidth), 'no scrolling sideways').toBe(width);
        const card = await page.locator('.card').boundingBox();
        expect(card?.width).toBeLessThanOrEqual(600);
        expect(card?.width).toBeGreaterThan(Math.min(width, 600) - 40);
        expect(await page.title()).toBe(subject);
      }
      expect(seen).toEqual([]);
    },
  );

  it('show values as they are, names from right to left included', async () => {
    const nasty = SAMPLES.find(({ name }) => name === 'hard-nasty');
    if (!nasty) throw new Error('there is a nasty sample');
    const page = await open(write(nasty.notification).html, WIDTHS.phone);
    expect(await page.locator('h1').textContent()).toContain("<script>document.title='executed'</script>");
    expect(await page.locator('script, img, iframe, form, input, link, [onerror]').count()).toBe(0);
  });

  it('have links that lead where they say', async () => {
    const sample = SAMPLES.find(({ name }) => name === 'qa-ready');
    if (!sample) throw new Error('there is a sample');
    const page = await open(write(sample.notification).html, WIDTHS.phone);
    const { projectId, bindingId, workflowUrl } = sample.notification.message;
    const links = await page
      .locator('a')
      .evaluateAll((all) => all.map((each) => [each.textContent, each.getAttribute('href')]));
    expect(links).toEqual([
      ['Open the workflow', workflowUrl],
      ['Open the build', `https://app.example.com/builds/${bindingId}`],
      ['Open the project', `https://app.example.com/projects/${projectId}`],
    ]);
  });
});
