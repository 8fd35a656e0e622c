import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SAMPLES } from '../../examples/previews/samples.js';
import { writePreviews } from '../../examples/previews/write-previews.js';
import { TEMPLATES } from '../adapters/notify/support/notices.js';

it('the previews have every template, as HTML, text and Slack message, and an index of all', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wrk-builds-previews-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await writePreviews(folder, null)).toBe(SAMPLES.length);
  expect(new Set(SAMPLES.map(({ notification }) => notification.message.template))).toEqual(
    new Set(TEMPLATES),
  );
  const files = SAMPLES.flatMap(({ name }) => [`${name}.html`, `${name}.txt`, `${name}.slack.json`]);
  expect((await readdir(folder)).toSorted()).toEqual([...files, 'index.html'].toSorted());
  const index = await readFile(join(folder, 'index.html'), 'utf8');
  for (const file of files) expect(index).toContain(`href="${file}"`);
});
