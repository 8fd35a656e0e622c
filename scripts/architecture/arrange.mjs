/** Where the boxes stand and how the arrows run: a layered drawing, so that every arrow points down. */

export const BOX = { width: 158, height: 46, gap: 18, row: 94 };

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Arrows that a longer way implies are left out; those that point up in the order of the rooms are kept apart. */
export const essential = (rooms, arrows) => {
  const order = new Map(rooms.map(({ path }, index) => [path, index]));
  const down = arrows.filter(({ from, to }) => order.get(from) < order.get(to));
  const up = arrows.filter((arrow) => !down.includes(arrow));
  const targets = (path) => down.filter(({ from }) => from === path).map(({ to }) => to);
  const reaches = (from, to) => from === to || targets(from).some((next) => reaches(next, to));
  const implied = ({ from, to }) => targets(from).some((next) => next !== to && reaches(next, to));
  return { down: down.filter((arrow) => !implied(arrow)), up };
};

/** The row of each room, 0 at the bottom: above all that it imports, and outside core above all of core. */
const rowsOf = (rooms, down) => {
  const rows = new Map();
  const isCore = ({ path }) => path.startsWith('core/');
  const settle = (room, floor) => {
    const below = down.filter(({ from }) => from === room.path).map(({ to }) => rows.get(to) + 1);
    rows.set(room.path, Math.max(floor, ...below));
  };
  for (const room of rooms.filter(isCore).toReversed()) settle(room, 0);
  const ceiling = rows.size === 0 ? 0 : Math.max(...rows.values()) + 1;
  for (const room of rooms.filter((each) => !isCore(each)).toReversed()) settle(room, ceiling);
  return rows;
};

/** One point in each row that an arrow crosses. Arrows to one room share their points, and so run as one line. */
const pointsOf = (rows, down) => {
  const nodes = new Map([...rows].map(([path, row]) => [path, { id: path, row, width: BOX.width }]));
  const links = new Map();
  for (const { from, to } of down) {
    let above = from;
    for (let row = rows.get(from) - 1; row >= rows.get(to); row -= 1) {
      const id = row === rows.get(to) ? to : `${to}@${row}`;
      if (!nodes.has(id)) nodes.set(id, { id, row, width: 10 });
      links.set(`${above} ${id}`, { from: above, to: id });
      above = id;
    }
  }
  return { nodes: [...nodes.values()], links: [...links.values()] };
};

const neighbours = (id, links, side) =>
  links.flatMap(({ from, to }) =>
    side !== 'below' && to === id ? [from] : side !== 'above' && from === id ? [to] : [],
  );

const crossingsOf = (layers, links) => {
  const index = new Map(layers.flatMap((layer) => layer.map(({ id }, place) => [id, place])));
  const row = new Map(layers.flatMap((layer) => layer.map((node) => [node.id, node.row])));
  let crossings = 0;
  for (const [position, one] of links.entries()) {
    for (const other of links.slice(position + 1)) {
      if (row.get(one.from) !== row.get(other.from)) continue;
      const above = index.get(one.from) - index.get(other.from);
      const below = index.get(one.to) - index.get(other.to);
      if (above * below < 0) crossings += 1;
    }
  }
  return crossings;
};

/** Sorts every row by the mean place of its neighbours, up and down in alternation, and keeps the best that came up. */
const untangle = (layers, links) => {
  let current = layers;
  let best = { layers, crossings: crossingsOf(layers, links) };
  const consider = (candidate) => {
    const crossings = crossingsOf(candidate, links);
    if (crossings < best.crossings) best = { layers: candidate, crossings };
    return crossings;
  };
  for (let round = 0; round < 40; round += 1) {
    const side = round % 2 === 0 ? 'below' : 'above';
    const sequence = side === 'below' ? [...current.keys()] : [...current.keys()].toReversed();
    const next = [...current];
    for (const row of sequence) {
      const place = new Map(
        next.flatMap((layer) => layer.map(({ id }, index) => [id, index / layer.length])),
      );
      const wish = (node) => {
        const near = neighbours(node.id, links, side);
        return near.length === 0 ? place.get(node.id) : mean(near.map((id) => place.get(id)));
      };
      next[row] = next[row].toSorted((left, right) => wish(left) - wish(right));
    }
    current = next;
    consider(current);
  }
  // What sorting leaves tangled, exchanging two neighbours often does not.
  for (let improved = true; improved; ) {
    improved = false;
    for (const [row, layer] of best.layers.entries()) {
      for (let left = 0; left < layer.length - 1; left += 1) {
        const before = best.crossings;
        const swapped = best.layers[row]
          .with(left, best.layers[row][left + 1])
          .with(left + 1, best.layers[row][left]);
        consider(best.layers.with(row, swapped));
        improved ||= best.crossings < before;
      }
    }
  }
  return best.layers;
};

/** The places nearest to what each node of a row wishes, in order and without overlap: least squares, pooled. */
const spread = (layer, wishes) => {
  let offset = 0;
  const pools = [];
  for (const [index, node] of layer.entries()) {
    if (index > 0) offset += (layer[index - 1].width + node.width) / 2 + BOX.gap;
    pools.push({ members: [{ id: node.id, offset }], wish: [wishes.get(node.id) - offset] });
    while (pools.length > 1 && mean(pools.at(-2).wish) > mean(pools.at(-1).wish)) {
      const last = pools.pop();
      pools.at(-1).members.push(...last.members);
      pools.at(-1).wish.push(...last.wish);
    }
  }
  return pools.flatMap(({ members, wish }) => members.map(({ id, offset: own }) => [id, mean(wish) + own]));
};

/** Places for all rooms and for all points of the arrows, in pixels, the top left corner being 0. */
export const arrange = (rooms, down) => {
  const rows = rowsOf(rooms, down);
  const { nodes, links } = pointsOf(rows, down);
  const height = Math.max(...rows.values());
  const unsorted = Array.from({ length: height + 1 }, (_, row) => nodes.filter((node) => node.row === row));
  const mirrored = unsorted.map((layer, row) => (row % 2 === 0 ? layer : layer.toReversed()));
  const [layers] = [unsorted, mirrored]
    .map((start) => untangle(start, links))
    .toSorted((left, right) => crossingsOf(left, links) - crossingsOf(right, links));
  let x = new Map(layers.flatMap((layer) => spread(layer, new Map(layer.map(({ id }) => [id, 0])))));
  for (let round = 0; round < 60; round += 1) {
    const side = ['below', 'above', 'both'][round % 3];
    for (const layer of side === 'below' ? layers : layers.toReversed()) {
      const wish = ({ id }) => {
        const near = neighbours(id, links, side).map((each) => x.get(each));
        return [id, near.length === 0 ? x.get(id) : mean(near)];
      };
      x = new Map([...x, ...spread(layer, new Map(layer.map(wish)))]);
    }
  }
  const left = Math.min(...nodes.map(({ id, width }) => x.get(id) - width / 2));
  const right = Math.max(...nodes.map(({ id, width }) => x.get(id) + width / 2));
  const placed = nodes.map((node) => ({
    ...node,
    x: x.get(node.id) - left,
    y: (height - node.row) * BOX.row,
  }));
  return { nodes: placed, links, width: right - left, height: height * BOX.row + BOX.height };
};
