/** The arranged rooms and arrows as SVG. Its colours are readable on a white and on a dark page. */
import { arrange, BOX, essential } from './arrange.mjs';

const MARGIN = { side: 28, top: 24, bottom: 24 };
const KINDS = [
  {
    name: 'core',
    title: 'core: pure rules',
    fill: '#dbeafe',
    line: '#2563eb',
    has: (path) => path.startsWith('core/'),
  },
  { name: 'ports', title: 'ports', fill: '#ede9fe', line: '#7c3aed', has: (path) => path === 'ports' },
  {
    name: 'adapters',
    title: 'adapters',
    fill: '#dcfce7',
    line: '#15803d',
    has: (path) => path.startsWith('adapters/'),
  },
  {
    name: 'testing',
    title: 'for tests of a host or an adapter',
    fill: '#fef3c7',
    line: '#b45309',
    has: (path) => path.startsWith('testing'),
  },
  {
    name: 'inside',
    title: 'everything between host and core',
    fill: '#f1f5f9',
    line: '#475569',
    has: () => true,
  },
];

const round = (number) => Math.round(number * 10) / 10;
const kindOf = (path) => KINDS.find(({ has }) => has(path));

/** Rounded, so that an edited comment does not change the picture. */
const about = (lines) =>
  lines < 100 ? 'under 100' : `about ${(Math.round(lines / 100) * 100).toLocaleString('en')}`;

const plural = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

const box = ({ x, y, path, files, lines }) => {
  const { name } = kindOf(path);
  const left = round(x - BOX.width / 2);
  return [
    `<g class="room ${name}">`,
    `<rect x="${left}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>`,
    `<text class="name" x="${round(x)}" y="${y + 20}">${path}</text>`,
    `<text class="size" x="${round(x)}" y="${y + 36}">${plural(files, 'file')}, ${about(lines)} lines</text>`,
    '</g>',
  ].join('');
};

/** Where the links of a room begin or end along its edge: side by side, in the order of their other ends. */
const docks = (nodes, links, own, other) => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const places = new Map();
  for (const node of nodes) {
    const mine = links
      .filter((link) => link[own] === node.id)
      .toSorted((left, right) => byId.get(left[other]).x - byId.get(right[other]).x);
    const step = Math.min(22, (node.width - 24) / Math.max(1, mine.length - 1));
    for (const [index, link] of mine.entries()) {
      const shift = node.width === BOX.width ? (index - (mine.length - 1) / 2) * step : 0;
      places.set(link, node.x + shift);
    }
  }
  return places;
};

const curve = (fromX, fromY, toX, toY) => {
  const middle = round((fromY + toY) / 2);
  return `M${round(fromX)} ${round(fromY)}C${round(fromX)} ${middle} ${round(toX)} ${middle} ${round(toX)} ${round(toY)}`;
};

const style = `
    .room text { fill: #0f172a; text-anchor: middle; font-family: ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; }
    .room .name { font-size: 13px; font-weight: 600; }
    .room .size { font-size: 10.5px; fill: #334155; }
    .room rect { stroke-width: 1.5; }
${KINDS.map(({ name, fill, line }) => `    .${name} rect { fill: ${fill}; stroke: ${line}; }`).join('\n')}
    .arrow { fill: none; stroke: #7d8794; stroke-width: 1.4; }
    .up { fill: none; stroke: #dc2626; stroke-width: 1.6; stroke-dasharray: 5 4; }
    .key { fill: #7d8794; font: 12px ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; }`;

const legend = (y, hasUp) => {
  let x = 0;
  const parts = KINDS.map(({ name, title }) => {
    const part = `<g class="${name}"><rect x="${x}" y="${y}" width="14" height="14" rx="3"/></g><text class="key" x="${x + 20}" y="${y + 11}">${title}</text>`;
    x += 46 + title.length * 6.4;
    return part;
  });
  if (hasUp)
    parts.push(
      `<path class="up sample" d="M${round(x)} ${y + 7}h28" marker-end="url(#up)"/><text class="key" x="${round(x + 38)}" y="${y + 11}">against the order of the rooms</text>`,
    );
  return parts.join('\n  ');
};

const marker = (id, colour) =>
  `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`;

/** The picture of these rooms and the imports between them. */
export const paint = ({ rooms, arrows }) => {
  const { down, up } = essential(rooms, arrows);
  const { nodes, links, width, height } = arrange(rooms, down);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const paths = new Set(rooms.map(({ path }) => path));
  const [begins, ends] = [docks(nodes, links, 'from', 'to'), docks(nodes, links, 'to', 'from')];
  const lines = links.map((link) => {
    const [from, to] = [byId.get(link.from), byId.get(link.to)];
    const target = paths.has(link.to);
    const path = curve(begins.get(link), from.y + BOX.height, ends.get(link), to.y - (target ? 2 : 0));
    const through = target ? '' : `V${to.y + BOX.height}`;
    return `<path class="arrow" d="${path}${through}"${target ? ' marker-end="url(#down)"' : ''}/>`;
  });
  const wrong = up.map(({ from, to }) => {
    const [source, target] = [byId.get(from), byId.get(to)];
    const [start, end] = [source.x + 40, target.x + 40];
    const under = source.y + BOX.height;
    const path =
      source.y > target.y
        ? curve(start, source.y, end, target.y + BOX.height + 2)
        : source.y === target.y
          ? `M${round(start)} ${under}C${round(start)} ${under + 34} ${round(end)} ${under + 34} ${round(end)} ${under + 2}`
          : curve(start, under, end, target.y - 2);
    return `<path class="up" d="${path}" marker-end="url(#up)"/>`;
  });
  const boxes = rooms.map((room) => box({ ...byId.get(room.path), ...room }));
  const keyAt = height + 36;
  const [wide, high] = [
    Math.ceil(width + 2 * MARGIN.side),
    Math.ceil(keyAt + 14 + MARGIN.top + MARGIN.bottom),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN.side} ${-MARGIN.top} ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-label="The rooms of src, and which imports which">
  <style>${style}
  </style>
  <defs>${marker('down', '#7d8794')}${marker('up', '#dc2626')}</defs>
  ${[...lines, ...wrong, ...boxes].join('\n  ')}
  ${legend(keyAt, wrong.length > 0)}
</svg>
`;
};
