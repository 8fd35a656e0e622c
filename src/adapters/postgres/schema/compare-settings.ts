import { quoted } from '../sql/quoting.js';
import type { LiveSchema } from './live-schema.js';

/** The session settings that the library's statements do not work with as they should, each with its fix. */
export function settingMismatches({ role, readOnly, settings }: LiveSchema): readonly string[] {
  const { isolation, replicationRole, clientEncoding, serverEncoding, searchPath, hostileOperators } =
    settings;
  const set = (setting: string) => `run: alter role ${quoted(role)} set ${setting}`;
  // A session's own temporary schema is never searched for functions and operators.
  const before = searchPath
    .slice(0, searchPath.indexOf('pg_catalog'))
    .filter((name) => !/^pg_temp/.test(name));
  return [
    ...(readOnly
      ? [
          'The database is read-only, perhaps a replica: connect to the primary, and check default_transaction_read_only.',
        ]
      : []),
    ...(isolation === 'read committed'
      ? []
      : [
          `Transactions of the role ${role} are ${isolation.toUpperCase()} by default, which makes unrelated builds fail each other's statements: ${set("default_transaction_isolation = 'read committed'")}.`,
        ]),
    ...(replicationRole === 'origin'
      ? []
      : [
          `Sessions of the role ${role} have session_replication_role = ${replicationRole}, so foreign keys and triggers are not enforced: ${set('session_replication_role = origin')}.`,
        ]),
    ...(clientEncoding === 'UTF8'
      ? []
      : [
          `Sessions of the role ${role} have client_encoding = ${clientEncoding}, but the driver sends UTF8: ${set("client_encoding = 'UTF8'")}, and set it nowhere else.`,
        ]),
    ...(serverEncoding === 'UTF8'
      ? []
      : [
          `The database has the encoding ${serverEncoding}, which has no place for every text that people and WRK write: create one with \`encoding 'UTF8' template template0\`, and restore a dump of this one into it.`,
        ]),
    ...(before.length === 0
      ? []
      : [
          `The search_path of the role ${role} has ${before.join(', ')} in front of pg_catalog, so what is there stands in for built-in types and operators: ${set('search_path = …')} without pg_catalog, which is then searched first.`,
        ]),
    ...hostileOperators.map(
      (operator) =>
        `The operator ${operator} is on the search_path of the role ${role} and stands in for a built-in one: drop it, or ${set('search_path = …')} without its schema.`,
    ),
  ];
}
