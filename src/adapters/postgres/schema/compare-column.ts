import { quoted } from '../sql/quoting.js';
import type { LiveColumn, LiveTable } from './live-schema.js';
import type { ColumnNeed } from './needs.js';

/** What is wrong with one column that is there, each as a sentence with the fix. */
export function columnMismatches(
  need: ColumnNeed,
  column: LiveColumn,
  table: LiveTable,
  ids: 'uuid' | 'text',
): readonly string[] {
  const name = `${table.schema}.${table.table}.${column.name}`;
  const wants = (what: string) => [
    `${name} is of type ${column.type}, and ${what}: name another column in \`${need.mappedBy}\`, or change its type.`,
  ];
  const { kind } = need;
  switch (kind.is) {
    case 'any':
      return [];
    case 'id':
      if (column.typeName === 'uuid' ? ids === 'uuid' : ids === 'text' && column.category === 'S') return [];
      if (need.mappedBy === 'ids') {
        return [
          `${name} is of type ${column.type}, and \`ids\` is '${ids}': give \`migrate\` and \`postgres\` the same mapping.`,
        ];
      }
      return [
        `${name} is of type ${column.type}, and \`ids\` is '${ids}': set \`ids\` to the type of all your ids, or name another column in \`${need.mappedBy}\`.`,
      ];
    case 'text':
      return column.category === 'S' || column.category === 'E' ? [] : wants('text is needed');
    case 'integer':
      return column.category === 'N' ? [] : wants('a number is needed');
    case 'time':
      return column.typeName === 'timestamptz' ? [] : wants('timestamp with time zone is needed');
    case 'boolean':
      return column.category === 'B' ? [] : wants('boolean is needed');
    case 'json':
      return ['json', 'jsonb'].includes(column.typeName) ? [] : wants('jsonb is needed');
    case 'document':
      return ['json', 'jsonb'].includes(column.typeName) || column.category === 'S'
        ? []
        : wants('jsonb, json or text is needed');
    case 'status':
      return statusMismatches(need, kind, column, name);
  }
}

function statusMismatches(
  { mappedBy }: ColumnNeed,
  kind: Extract<ColumnNeed['kind'], { is: 'status' }>,
  column: LiveColumn,
  name: string,
): readonly string[] {
  if (column.category !== 'E') {
    if (kind.enum)
      return [`${name} is of type ${column.type} and no enum: leave \`enum\` out of \`${mappedBy}\`.`];
    if (column.category !== 'S')
      return [`${name} is of type ${column.type}: \`${mappedBy}\` needs text or an enum.`];
    return [];
  }
  const actual = `${column.typeSchema}.${column.typeName}`;
  if (kind.enum === null) {
    return [`${name} is of the enum ${actual}: set \`enum: '${column.typeName}'\` in \`${mappedBy}\`.`];
  }
  const { schema, name: enumName } = kind.enum;
  if (schema !== column.typeSchema || enumName !== column.typeName) {
    return [
      `${name} is of the enum ${actual} and not ${schema}.${enumName}: set \`enum: '${column.typeName}', enumSchema: '${column.typeSchema}'\` in \`${mappedBy}\`.`,
    ];
  }
  const known = column.labels ?? [];
  return kind.labels
    .filter(({ label }) => !known.includes(label))
    .map(
      ({ word, label }) =>
        `The enum ${actual} of ${name} has no label '${label}' for '${word}': name the host's own in \`${mappedBy}.labels\` (it has ${known.map((each) => `'${each}'`).join(', ')}), or run: alter type ${quoted(schema)}.${quoted(enumName)} add value '${label.replaceAll("'", "''")}'.`,
    );
}
