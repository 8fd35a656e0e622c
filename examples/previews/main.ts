/**
 * Writes previews of all notifications into a folder: `npm run previews -- --out DIR`. Pictures need a Chromium, which
 * `CHROMIUM` names or which is on the PATH.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from './find-chromium.js';
import { writePreviews } from './write-previews.js';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'previews' } } });
const folder = resolve(values.out);
const chromium = findChromium();
if (chromium === null)
  console.log('skipped: pictures. There is no Chromium: name one with CHROMIUM, or put one on the PATH.');
const count = await writePreviews(folder, chromium);
console.log(`${count} notifications are in ${folder}: open index.html there.`);
