import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checklistProgress, defaultChecklist } from '../../../src/core/blueprint/checklist.js';
import { anyText } from '../../support/any-text.js';
import { sized } from '../../support/size.js';

const checklistFor = (systems: readonly string[]) =>
  defaultChecklist({ automationName: 'Invoice approval', projectName: 'Invoices', systems });
const connectItems = (systems: readonly string[]) =>
  checklistFor(systems).filter((item) => item.slug.startsWith('connect-'));
const slugByTitle = (systems: readonly string[]) =>
  Object.fromEntries(connectItems(systems).map((item) => [item.title, item.slug]));

describe('defaultChecklist', () => {
  it('has one item for the workflow, one for each system and the manual work of every build', () => {
    expect(checklistFor(['Slack', 'Google Sheets'])).toEqual([
      { slug: 'create-workflow', title: 'Create the workflow on the WRK Platform', category: 'integration' },
      { slug: 'connect-slack', title: 'Connect Slack', category: 'integration' },
      { slug: 'connect-google-sheets', title: 'Connect Google Sheets', category: 'integration' },
      {
        slug: 'set-up-credentials',
        title: 'Set up access and credentials for every system',
        category: 'manual',
      },
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
      {
        slug: 'hand-over-to-qa',
        title: 'Hand the workflow over to QA with its test cases',
        category: 'manual',
      },
    ]);
  });

  it('has the same items without any system, except those for systems', () => {
    expect(checklistFor([])).toEqual(checklistFor(['Slack']).filter((item) => item.slug !== 'connect-slack'));
  });

  it('tells names apart that read alike, in whatever order the blueprint has them', () => {
    const slugs = {
      'Connect Google Sheets': 'connect-google-sheets',
      'Connect google-sheets': 'connect-google-sheets--2',
    };
    expect(slugByTitle(['Google Sheets', 'google-sheets'])).toEqual(slugs);
    expect(slugByTitle(['google-sheets', 'Google Sheets'])).toEqual(slugs);
  });

  it('never gives a numbered slug that a name could have by itself', () => {
    expect(new Set(connectItems(['a 2', 'a', 'A', 'a--2', 'A 2']).map((item) => item.slug))).toHaveProperty(
      'size',
      5,
    );
  });

  it.each([
    ['谷歌 表格', 'connect-谷歌-表格'],
    ['Яндекс.Диск', 'connect-яндекс-диск'],
    ['हिन्दी सेवा', 'connect-हिन्दी-सेवा'],
    ['Ｇｍａｉｌ', 'connect-gmail'],
    ['C++', 'connect-c'],
    ['🚀', 'connect-system'],
    ['  -- ', 'connect-system'],
  ])('makes of %s the slug %s', (name, slug) => {
    expect(connectItems([name]).map((item) => item.slug)).toEqual([slug]);
  });

  it('has one item for a system that is given twice', () => {
    expect(connectItems(['Slack', 'Jira', 'Slack']).map((item) => item.slug)).toEqual([
      'connect-slack',
      'connect-jira',
    ]);
  });

  it('keeps slug and title short enough for an index and a column, whatever a system is called', () => {
    const long = ['a '.repeat(50_000), '𠮷'.repeat(50_000), `${'y'.repeat(59)} z`];
    const items = connectItems(long);
    expect(items.map((item) => [...item.slug].length)).toEqual([
      'connect-'.length + 59,
      'connect-'.length + 60,
      'connect-'.length + 59,
    ]);
    expect(items.map((item) => [...item.title].length)).toEqual([
      'Connect '.length + 200,
      'Connect '.length + 200,
      'Connect '.length + 61,
    ]);
    expect(items[1]?.title).toMatch(/^Connect 𠮷+…$/u);
  });

  it('leaves a name of 200 characters whole in its title', () => {
    const name = '𠮷'.repeat(200);
    expect(connectItems([name])[0]?.title).toBe(`Connect ${name}`);
  });

  it('gives every name its own slug, and the same one whatever the order, for names at random', () => {
    const word = fc.constantFrom(
      'a',
      'A',
      'b',
      'ß',
      '谷',
      '2',
      ' ',
      '-',
      '--',
      '.',
      '🚀',
      '\u0301',
      '\ud800',
    );
    const name = fc.oneof(
      fc.array(word, { maxLength: 4 }).map((words) => words.join('')),
      anyText,
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (systems, picks) => {
        const slugs = checklistFor(systems).map((item) => item.slug);
        expect(new Set(slugs).size).toBe(slugs.length);
        expect(slugs).toHaveLength(6 + new Set(systems).size);
        for (const slug of slugs) expect(slug).toMatch(/^[\p{L}\p{M}\p{N}]+(--?[\p{L}\p{M}\p{N}]+)*$/u);

        const shuffled = systems
          .map((system) => ({ system, at: picks.next().value ?? 0 }))
          .sort((one, other) => one.at - other.at)
          .map(({ system }) => system);
        expect(slugByTitle(shuffled)).toEqual(slugByTitle(systems));
      }),
      { numRuns: sized(100, 500) },
    );
  });
});

describe('checklistProgress', () => {
  const tasks = (complete: number, all: number) =>
    Array.from({ length: all }, (_, at) => ({ status: at < complete ? 'complete' : 'pending' }));

  it.each([
    [0, 0, 0],
    [0, 3, 0],
    [1, 3, 33],
    [2, 3, 66],
    [3, 3, 100],
    [29, 100, 29],
    [57, 100, 57],
    [58, 100, 58],
    [199, 200, 99],
    [999, 1000, 99],
  ])('says of %i complete tasks out of %i: %i', (complete, all, percentage) => {
    expect(checklistProgress(tasks(complete, all))).toBe(percentage);
  });

  it('counts only the status complete, spelled so', () => {
    const statuses = ['complete', 'Complete', 'completed', ' complete', 'in_progress', 'pending', ''];
    expect(checklistProgress(statuses.map((status) => ({ status })))).toBe(14);
  });

  it('is exact for every count up to 300 tasks', () => {
    const wrong: string[] = [];
    for (let all = 1; all <= 300; all += 1) {
      const list: { status: string }[] = tasks(0, all);
      for (let complete = 0; complete <= all; complete += 1) {
        if (complete > 0) list[complete - 1] = { status: 'complete' };
        const exact = Number((BigInt(complete) * 100n) / BigInt(all));
        if (checklistProgress(list) !== exact) wrong.push(`${complete}/${all}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is 100 only when all tasks are complete, in any order and with any labels', () => {
    const status = fc.constantFrom('complete', 'complete', 'complete', 'pending', 'blocked');
    fc.assert(
      fc.property(fc.array(fc.record({ status }), { maxLength: 400 }), (list) => {
        let percentage = 0;
        const complete = list.reduce((sum, task) => (task.status === 'complete' ? sum + 1 : sum), 0);
        while (list.length > 0 && (percentage + 1) * list.length <= complete * 100) percentage += 1;
        expect(checklistProgress(list)).toBe(percentage);
        expect(percentage === 100).toBe(list.length > 0 && complete === list.length);
      }),
    );
  });
});
