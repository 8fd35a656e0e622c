import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** The widths at which a person looks at a mail, in CSS pixels. */
export const WIDTHS = { desktop: 1280, phone: 390 } as const;

/** A page to be photographed: a name for the pictures and its HTML. */
export interface Page {
  readonly name: string;
  readonly html: string;
}

/** Photographs pages at both widths in light, and on the phone in dark too, into `folder`. */
export async function takeScreenshots(
  executablePath: string,
  pages: readonly Page[],
  folder: string,
): Promise<void> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    for (const [name, width, colorScheme] of [
      ['desktop', WIDTHS.desktop, 'light'],
      ['phone', WIDTHS.phone, 'light'],
      ['phone-dark', WIDTHS.phone, 'dark'],
    ] as const) {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme,
        offline: true,
      });
      const page = await context.newPage();
      for (const each of pages) {
        await page.setContent(each.html);
        await page.screenshot({ path: join(folder, `${each.name}.${name}.png`), fullPage: true });
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}
