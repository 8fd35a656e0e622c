import { ALONE, ALONG, BASE, NODE, PACKAGES, POSTGRES, UNAVAILABLE } from './cells.mjs';

const first = (list) => list[0];
const last = (list) => list.at(-1);

/** The oldest Node that a version of a package runs on. */
const oldestNodeOf = (name, version) => PACKAGES[name].needs?.[version] ?? 20;

/** Whether a version runs on a Node, and can be had at all. */
const fits = (name, version, node) =>
  !(`${name} ${version}` in UNAVAILABLE) && oldestNodeOf(name, version) <= Number.parseInt(node, 10);

/** Versions of all packages, each as `choose` picks it of those that run on the Node. */
const packagesFor = (node, choose) =>
  Object.fromEntries(
    Object.entries(PACKAGES).flatMap(([name, { versions }]) => {
      if (ALONE.includes(name)) return [];
      const possible = versions.filter((version) => fits(name, version, node));
      return possible.length > 0 ? [[name, choose(possible)]] : [];
    }),
  );

const cell = (title, { node = BASE.node, postgres = BASE.postgres, packages, flows }) => ({
  title,
  node,
  postgres,
  packages,
  flows,
});

/** Everything at its oldest, and everything at its newest. */
export const ends = () => [
  cell('all oldest', { node: first(NODE), postgres: first(POSTGRES), packages: packagesFor('20', first) }),
  cell('all newest', { node: last(NODE), postgres: last(POSTGRES), packages: packagesFor('26', last) }),
];

/** One version after the other varied, the rest at its newest for the Node; then the two ends. */
export const wholeMatrix = () => [
  ...NODE.map((node) => cell(`Node ${node}`, { node, packages: packagesFor(node, last) })),
  ...POSTGRES.map((postgres) =>
    cell(`Postgres ${Number.parseInt(postgres, 10)}`, { postgres, packages: packagesFor(BASE.node, last) }),
  ),
  ...Object.entries(PACKAGES).flatMap(([name, { versions, flows }]) =>
    versions.map((version) =>
      cell(`${name} ${version}`, {
        packages: ALONE.includes(name)
          ? { [name]: version }
          : { ...packagesFor(BASE.node, last), [name]: version },
        flows,
      }),
    ),
  ),
  ...ends(),
];

/** What npm is asked for: the packages of a cell and what goes with them. */
export const requestsOf = ({ packages }) =>
  Object.entries(
    Object.assign({}, packages, ...Object.entries(packages).map(([name, version]) => ALONG[name]?.(version))),
  ).map(([name, version]) => `${name}@${version}`);

/** Why a cell cannot run; `null`: it can. */
export const whyUnavailable = ({ title }) => UNAVAILABLE[title] ?? null;
