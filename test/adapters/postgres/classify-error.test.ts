import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { classifyError } from '../../../src/adapters/postgres/errors/classify-error.js';
import { isRefusal, sqlStateOf, wasNeverSent } from '../../../src/adapters/postgres/errors/refusal.js';

const SECRET = 'what nobody may see';

const refused = (code: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

/** Everything that a logger could find in an error. */
const seen = (problem: Error) =>
  inspect(problem, { depth: null, showHidden: true }) + JSON.stringify(problem) + problem.stack;

describe('a failure of the database', () => {
  it.each([
    ['the row that it would not take', refused('23514', 'violates check "c"', { detail: `row (${SECRET})` })],
    ['the place in a function', refused('57014', 'canceling', { where: `function f('${SECRET}')` })],
    ['a value of another type', refused('22P02', `invalid input syntax for type uuid: "${SECRET}"`)],
    ['a value with quotes in it', refused('22P02', `invalid input syntax for type uuid: "a" ${SECRET} "b"`)],
    ['a number out of range', refused('22003', `value "${SECRET}" is out of range for type integer`)],
    ['what a function raised', refused('P0001', SECRET, { routine: 'exec_stmt_raise' })],
    ['what a function raised as something else', refused('23514', SECRET, { routine: 'exec_stmt_raise' })],
    ['what an extension said', refused('XX000', SECRET)],
    ['a query with its parameters', refused('42P01', 'no table', { query: SECRET, params: [SECRET] })],
    [
      'the words of a query builder',
      new Error(`Failed query: select $1 params: ${SECRET}`, { cause: refused('42P01', 'no table') }),
    ],
    [
      'the words of a query builder about a lost connection',
      new Error(`Failed query: select $1 params: ${SECRET}`, { cause: new Error('Connection terminated') }),
    ],
    ['an address with a password', Object.assign(new TypeError('Invalid URL'), { input: SECRET })],
  ])('does not show %s', (_, problem) => {
    expect(seen(problem), 'the driver shows it').toContain(SECRET);
    expect(seen(classifyError(problem, { statement: 's' }))).not.toContain(SECRET);
  });

  it('keeps what the driver says without values: code, table, constraint, and where it was thrown', () => {
    const problem = refused('23505', 'duplicate key violates "u"', {
      table: 't',
      constraint: 'u',
      detail: SECRET,
    });
    const { cause, message } = classifyError(problem, { statement: 'insert_t' });
    expect(cause).toMatchObject({ code: '23505', table: 't', constraint: 'u' });
    expect(cause).toHaveProperty('stack', expect.stringContaining('classify-error.test.ts'));
    expect(message).toBe(
      'A constraint refused a row (duplicate key violates "u" in insert_t): change the constraint, or the rows that it compares with.',
    );
  });

  it.each([
    ['connection_lost', 'unknown', new Error('Connection terminated unexpectedly')],
    ['connection_lost', 'unknown', refused('57P01', 'terminating connection due to administrator command')],
    ['connection_lost', 'unknown', refused('ECONNRESET', 'read ECONNRESET')],
    ['unreachable', 'not_sent', refused('ECONNREFUSED', 'connect ECONNREFUSED')],
    ['unreachable', 'not_sent', refused('57P03', 'the database system is starting up')],
    ['connection_hung', 'unknown', new Error('Query read timeout')],
    ['prepared_statements', 'refused', refused('26000', 'prepared statement "x" does not exist')],
    ['prepared_statements', 'refused', refused('42P05', 'prepared statement "x" already exists')],
    ['race_lost', 'refused', refused('40P01', 'deadlock detected')],
    [
      'constraint_violated',
      'refused',
      refused('23514', 'violates check "c"', { routine: 'ExecConstraints' }),
    ],
    [
      'missing_partition',
      'refused',
      refused('23514', 'no partition of relation "t" found for row', { routine: 'ExecFindPartition' }),
    ],
    ['other', 'refused', refused('53100', 'could not extend file: No space left on device')],
    ['other', 'unknown', refused('40003', 'statement completion unknown')],
    ['other', 'unknown', new TypeError('a mistake in a program')],
  ])('is %s, and its statement %s', (code, statement, problem) => {
    const named = classifyError(problem, { statement: 's' });
    expect(named).toMatchObject({ name: 'DatabaseError', code, statement });
    expect([isRefusal(named), wasNeverSent(named)]).toEqual([
      statement === 'refused',
      statement === 'not_sent',
    ]);
    expect(sqlStateOf(named)).toBe(sqlStateOf(problem));
  });

  it('that comes while a connection is made says that nothing was sent, whatever it is', () => {
    for (const problem of [
      new Error('Connection terminated'),
      refused('08006', 'lost'),
      refused('XX000', 'unprocessable'),
    ]) {
      expect(classifyError(problem, { connecting: true }).statement).toBe('not_sent');
    }
  });

  it('names one address of several that were tried', () => {
    const tried = [refused('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432')];
    const problem = Object.assign(new AggregateError(tried), { code: 'ECONNREFUSED' });
    expect(classifyError(problem).message).toContain('::1:5432');
  });

  it('is named once', () => {
    const named = classifyError(new Error('Connection terminated'));
    expect(classifyError(named)).toBe(named);
  });
});
