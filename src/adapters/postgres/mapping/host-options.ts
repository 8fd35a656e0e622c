import * as z from 'zod';
import {
  BUILD_IN_PROGRESS,
  DEFAULT_STARTABLE_STATUSES,
  QA_AND_TESTING,
} from '../../../core/build/statuses.js';
import { distanceOf } from '../../../core/input/known-keys.js';
import { oneOf, options, text } from '../../../core/input/option-kinds.js';
import { type CompleteMapping, completeMapping, type HostMapping } from './host-mapping.js';
import { newTaskColumnNames } from './new-task.js';
import { also, constant, taskValue, where } from './row-options.js';

const COLUMN = 'give the name of a column as text';
const table = text('give the name of a table as text').optional();
const schema = text('give the name of a schema as text').optional();
const column = () => text(COLUMN).optional();

/** What every table of the host's has. */
const tableShape = { table, schema, id: column(), tenantId: column() };

const columnReference = z
  .union(
    [
      text(COLUMN),
      options({
        column: text(COLUMN),
        path: z
          .array(text('give a key of the JSON as text'), { error: "give the path as a list: ['kind']" })
          .min(1, { error: 'give at least one key, or the name of the column alone' }),
      }),
    ],
    { error: 'give the name of a column, or { column, path } for a value in its JSON' },
  )
  .optional();

const LABELS = "give a label as text, or a list of labels: { 'Build in Progress': 'BuildInProgress' }";

/** A status column whose words are these; any other word is the host's, unless it is one of these misspelled. */
const statusColumn = (...words: readonly string[]) =>
  z
    .union(
      [
        text(COLUMN),
        options({
          column: text(COLUMN),
          enum: text('give the name of the enum as text').optional(),
          enumSchema: schema,
          labels: z
            .record(
              z.string(),
              z.union([text(LABELS), z.array(text(LABELS)).min(1, { error: LABELS })], { error: LABELS }),
              { error: LABELS },
            )
            .superRefine((labels, context) => {
              for (const label of Object.keys(labels)) {
                const meant = words.find((word) => isMisspelling(label, word));
                if (meant === undefined) continue;
                const wrong = 'is not a status of the flows';
                context.addIssue({
                  code: 'custom',
                  path: [label],
                  params: { wrong },
                  message: `did you mean “${meant}”?`,
                });
              }
            })
            .optional(),
        }),
      ],
      { error: 'give the name of a column, or { column, enum, enumSchema, labels }' },
    )
    .optional();

const lettersOf = (word: string) => word.toLowerCase().replace(/[^a-z]/g, '');

/** Other case, other separators or one letter: `build_in_progress`, `completed`. */
function isMisspelling(given: string, word: string): boolean {
  return given !== word && distanceOf(lettersOf(given), lettersOf(word)) <= 1;
}

const BUILD_WORDS = [...DEFAULT_STARTABLE_STATUSES, BUILD_IN_PROGRESS, QA_AND_TESTING];

const parent = (others: string) =>
  z
    .union(
      [
        text(COLUMN),
        options({
          type: text(COLUMN),
          is: text('give the value of the type column as text'),
          id: text(COLUMN),
        }),
      ],
      { error: `give the name of a column, { type, is, id }, or null if tasks name ${others} alone` },
    )
    .nullish();

const updatedAt = text(`${COLUMN}, or null if the library writes none`).nullish();

const blocker = z
  .union(
    [text(COLUMN), options({ column: text(COLUMN), equals: text('give the label of a blocker as text') })],
    { error: 'give the name of a boolean column, or { column, equals }' },
  )
  .optional();

const tasks = options({
  ...tableShape,
  where,
  project: parent('versions'),
  automationVersion: parent('projects'),
  kind: columnReference,
  slug: columnReference,
  category: columnReference,
  title: column(),
  status: statusColumn('pending', 'complete'),
  blocker,
  updatedAt,
  also: also(taskValue),
}).superRefine(({ project, automationVersion }, context) => {
  if (project !== null || (automationVersion !== null && automationVersion !== undefined)) return;
  const message = 'give the column of the project here, or that of the version as `automationVersion`';
  context.addIssue({ code: 'custom', path: ['project'], message });
});

/** The mapping of the host's tables: every key of it, and no other. */
export const hostOptions = options({
  schema,
  tenantId: column(),
  ids: z
    .enum(['uuid', 'text'], {
      error: "give 'uuid' or 'text', the type of all your ids; integer ids cannot be used",
    })
    .optional(),
  automations: options({ ...tableShape, where, name: column() }).optional(),
  projects: options({
    ...tableShape,
    where,
    name: column(),
    status: statusColumn(...BUILD_WORDS),
    checklistProgress: column(),
    updatedAt,
  }).optional(),
  automationVersions: options({
    ...tableShape,
    where,
    automationId: column(),
    status: statusColumn(...BUILD_WORDS),
    blueprint: column(),
    updatedAt,
  }).optional(),
  projectLink: options({ in: oneOf('automationVersions', 'projects'), column: text(COLUMN) }).optional(),
  quotes: options({
    ...tableShape,
    where,
    automationVersionId: column(),
    status: statusColumn('signed'),
    expiresAt: text(`${COLUMN}, or null if quotes do not expire`).nullish(),
  }).optional(),
  tasks: tasks.optional(),
  auditLogs: options({
    ...tableShape,
    idFrom: oneOf('library', 'database').optional(),
    userId: column(),
    actionType: column(),
    resourceType: column(),
    resourceId: column(),
    metadata: column(),
    createdAt: column(),
    also: also(constant),
  }).optional(),
}).superRefine((host, context) => {
  for (const [table, column] of alreadyWritten(completeMapping(host as HostMapping))) {
    context.addIssue({
      code: 'custom',
      path: [table, 'also', column],
      params: { wrong: 'is written already' },
      message: 'leave it out, or map another column',
    });
  }
});

/** The columns in `also` that the mapping writes by itself, which no statement could name twice. */
function alreadyWritten(host: CompleteMapping): readonly (readonly [table: string, column: string])[] {
  const { tasks, auditLogs } = host;
  const ofTask = newTaskColumnNames({ ...host, tasks: { ...tasks, also: {} } });
  const ofEntry = Object.entries(auditLogs).flatMap(([key, column]) =>
    typeof column === 'string' && !['table', 'schema', 'idFrom'].includes(key) ? [column] : [],
  );
  return [
    ...Object.keys(tasks.also).flatMap((column) =>
      ofTask.includes(column) ? [['tasks', column] as const] : [],
    ),
    ...Object.keys(auditLogs.also).flatMap((column) =>
      ofEntry.includes(column) ? [['auditLogs', column] as const] : [],
    ),
  ];
}
