import { quoted } from '../sql/quoting.js';
import type { LiveColumn, LiveTable } from './live-schema.js';
import type { ColumnNeed } from './needs.js';

/** The mismatches of one existing column, each with its fix. */
export function columnMismatches(
  need: ColumnNeed,
  column: LiveColumn,
  table: LiveTable,
  ids: 'uuid' | 'text',
): readonly string[] {
  const name = `${table.schema}.${table.table}.${column.name}`;
  const wants = (what: string) => [
    `${name} has type ${column.type}, but ${what}: name another column in \`${need.mappedBy}\`, or change its type.`,
  ];
  const { kind } = need;
  switch (kind.is) {
    case 'any':
      return [];
    case 'id':
      if (column.typeName === 'uuid' ? ids === 'uuid' : ids === 'text' && column.category === 'S') return [];
      if (need.mappedBy === 'ids') {
        return [
          `${name} has type ${column.type}, but \`ids\` is '${ids}': give \`migrate\` and \`postgres\` the same mapping.`,
        ];
      }
      if (column.category === 'N') {
        return [
          `${name} has type ${column.type}: ids are of type uuid or text, so name a column with such an id in \`${need.mappedBy}\`, or change its type.`,
        ];
      }
      return [
        `${name} has type ${column.type}, but \`ids\` is '${ids}': set \`ids\` to the type of all your ids, or name another column in \`${need.mappedBy}\`.`,
      ];
    case 'text':
      return column.category === 'S' || column.category === 'E' ? [] : wants('text is required');
    case 'integer':
      return column.category === 'N' ? [] : wants('a number is required');
    case 'time':
      return column.typeName === 'timestamptz' ? [] : wants('timestamp with time zone is required');
    case 'boolean':
      return column.category === 'B' ? [] : wants('boolean is required');
    case 'json':
      return ['json', 'jsonb'].includes(column.typeName) ? [] : wants('jsonb is required');
    case 'document':
      return ['json', 'jsonb'].includes(column.typeName) || column.category === 'S'
        ? []
        : wants('jsonb, json or text is required');
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
      return [
        `${name} has type ${column.type}, which is not an enum: leave \`enum\` out of \`${mappedBy}\`.`,
      ];
    if (column.category !== 'S')
      return [`${name} has type ${column.type}: \`${mappedBy}\` needs text or an enum.`];
    return [];
  }
  const actual = `${column.typeSchema}.${column.typeName}`;
  if (kind.enum === null) {
    return [`${name} has the enum type ${actual}: set \`enum: '${column.typeName}'\` in \`${mappedBy}\`.`];
  }
  const { schema, name: enumName } = kind.enum;
  if (schema !== column.typeSchema || enumName !== column.typeName) {
    return [
      `${name} has the enum type ${actual}, not ${schema}.${enumName}: set \`enum: '${column.typeName}', enumSchema: '${column.typeSchema}'\` in \`${mappedBy}\`.`,
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
