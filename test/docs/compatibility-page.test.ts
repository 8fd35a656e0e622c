import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const cellsSchema = z.object({
  NODE: z.array(z.string()),
  POSTGRES: z.array(z.string()),
  PACKAGES: z.record(z.string(), z.object({ versions: z.array(z.string()) })),
  UNAVAILABLE: z.record(z.string(), z.string()),
});
const { NODE, POSTGRES, PACKAGES, UNAVAILABLE } = cellsSchema.parse(
  await import(new URL('../../scripts/matrix/cells.mjs', import.meta.url).href),
);
const { peerDependencies } = z
  .object({ peerDependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

const rows = [...read('docs/compatibility.md').matchAll(/^\| (.+?) \| (.*?) \| (.*?) \| .* \| (.+) \|$/gm)]
  .map(([, varied = '', node, postgres, result]) => ({ varied, node, postgres, result }))
  .filter(({ varied }) => varied !== 'varied');

/** Whether an installed version is one that was asked for: 10.0.2 of 10.0, 8.16.3 of 8. */
const isOf = (installed: string, asked: string) => `${installed}.`.startsWith(`${asked}.`);

const majorsOf = (versions: readonly string[]) => [
  ...new Set(versions.map((version) => Number.parseInt(version, 10))),
];

/** The majors that a peer range lets in. */
function majorsIn(range: string): readonly number[] {
  const between = /^>=(\d+)\S* <(\d+)$/.exec(range);
  if (!between) return range.split(' || ').map((part) => Number.parseInt(part.slice(1), 10));
  const [from, to] = [Number(between[1]), Number(between[2])];
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe('D9: docs/compatibility.md', () => {
  const asked = [
    ...NODE.map((version) => `Node ${version}`),
    ...POSTGRES.map((version) => `Postgres ${Number.parseInt(version, 10)}`),
    ...Object.entries(PACKAGES).flatMap(([name, { versions }]) =>
      versions.map((version) => `${name} ${version}`),
    ),
    'all oldest',
    'all newest',
  ];

  it.each(asked)('D9: has a row for %s, which passes, or says why it could not be run', (title) => {
    const [name = '', version = ''] = title.split(' ');
    const row = rows.find(
      ({ varied }) =>
        varied === title || (varied.startsWith(`${name} `) && isOf(varied.slice(name.length + 1), version)),
    );
    expect(row?.result).toBe(title in UNAVAILABLE ? `not available: ${UNAVAILABLE[title]}` : 'passes');
  });

  it('D9: has the Node and the Postgres of each row as they were read back', () => {
    for (const { varied, node, postgres } of rows.filter(({ result }) => result === 'passes')) {
      expect(node, varied).toMatch(/^v\d+\.\d+\.\d+$/);
      expect(postgres, varied).toMatch(/^\d+\.\d+$/);
    }
  });

  it.each(Object.entries(peerDependencies).filter(([name]) => name in PACKAGES))(
    'D9: the peer range of %s, %s, lets in the majors that were run, and no other',
    (name, range) => {
      expect(majorsOf(PACKAGES[name]?.versions ?? [])).toEqual(majorsIn(range));
    },
  );
});
