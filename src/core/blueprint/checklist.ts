/** `integration`: WRK holding the workflow fulfils it. `manual`: a person does it. */
export type ChecklistCategory = 'integration' | 'manual';

/** One thing to be done before a build is finished. */
export interface ChecklistItem {
  /** Tells the item from every other of the checklist and finds its task again at the next request; stored, so it stays. */
  readonly slug: string;
  /** What a person reads, as an instruction. */
  readonly title: string;
  /** Who fulfils it: WRK holding the workflow, or a person. */
  readonly category: ChecklistCategory;
}

/** Makes the checklist of a build. Equal builds give equal slugs, and no two items share one. */
export type ChecklistPolicy = (build: {
  /** The name of the automation. */
  readonly automationName: string;
  /** The name of the project. */
  readonly projectName: string;
  /** The systems that the blueprint names. */
  readonly systems: readonly string[];
}) => readonly ChecklistItem[];

const CREATE_WORKFLOW: ChecklistItem = {
  slug: 'create-workflow',
  title: 'Create the workflow on the WRK Platform',
  category: 'integration',
};

const MANUAL_ITEMS: readonly ChecklistItem[] = [
  { slug: 'set-up-credentials', title: 'Set up access and credentials for every system', category: 'manual' },
  {
    slug: 'handle-exceptions',
    title: 'Set up error handling, alerts and human touchpoints',
    category: 'manual',
  },
  {
    slug: 'test-with-sample-data',
    title: 'Test the workflow end to end with sample data',
    category: 'manual',
  },
  {
    slug: 'write-documentation',
    title: 'Document how the automation runs and how to support it',
    category: 'manual',
  },
  { slug: 'hand-over-to-qa', title: 'Hand the workflow over to QA with its test cases', category: 'manual' },
];

/**
 * The checklist unless the host brings its own: one `integration` item for creating the workflow, one for each
 * system the blueprint names, and `manual` items for what people do in every build.
 */
export const defaultChecklist: ChecklistPolicy = ({ systems }) => {
  const slugs = connectSlugs(systems);
  const connect = [...slugs].map(
    ([system, slug]): ChecklistItem => ({
      slug,
      title: `Connect ${shortened(system)}`,
      category: 'integration',
    }),
  );
  return [CREATE_WORKFLOW, ...connect, ...MANUAL_ITEMS];
};

/**
 * A slug for each distinct name, in the order given. Names that read alike (`Google Sheets`, `google-sheets`) are
 * told apart by a number, counted over the sorted names: in whatever order a blueprint has them, a name gets the same.
 * A plain slug never has two hyphens in a row, so a numbered one cannot meet it.
 */
function connectSlugs(systems: readonly string[]): ReadonlyMap<string, string> {
  const slugs = new Map(systems.map((name) => [name, '']));
  const uses = new Map<string, number>();
  for (const name of [...slugs.keys()].sort()) {
    const plain = `connect-${slugOf(name)}`;
    const use = (uses.get(plain) ?? 0) + 1;
    uses.set(plain, use);
    slugs.set(name, use === 1 ? plain : `${plain}--${use}`);
  }
  return slugs;
}

/** Of a longer name only the beginning is read: it may be as long as the blueprint. */
const MAX_READ = 1_000;

/** Letters and digits of any script, at most 60 characters, so that a unique index can hold the slug. */
function slugOf(name: string): string {
  const words = name
    .slice(0, MAX_READ)
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu) ?? ['system'];
  return [...words.join('-')].slice(0, 60).join('').replace(/-$/, '');
}

/** At most 200 characters, so that the title fits the narrower columns of a host. */
function shortened(name: string): string {
  const characters = [...name.slice(0, MAX_READ)];
  return characters.length <= 200 ? name : `${characters.slice(0, 199).join('')}…`;
}

/**
 * How much of a checklist is done: the percentage of tasks whose status is `complete`, rounded down, so that 100
 * means all of them. No tasks give 0.
 */
export function checklistProgress(tasks: readonly { readonly status: string }[]): number {
  if (tasks.length === 0) return 0;
  const complete = tasks.filter((task) => task.status === 'complete').length;
  // Multiplied first: 29 / 100 * 100 is 28.999999999999996, which rounds down to 28.
  return Math.floor((complete * 100) / tasks.length);
}
