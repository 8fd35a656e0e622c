import type { Choices, PortPlace } from './choices.js';
import type { Actor, Scheduler } from './scheduler.js';
import type { SimProcess } from './sim-process.js';

interface Way {
  readonly scheduler: Scheduler;
  readonly choices: Choices;
  /** Where the calls are carried out. */
  readonly at: Actor;
  readonly place: PortPlace;
}

class ConnectionLost extends Error {
  constructor(port: string) {
    super(`the connection was lost during ${port}`);
  }
}

/** Calls that arrive and are answered as tasks of the scheduler, so that anything may come in between. */
export function callsFrom(process: SimProcess, { scheduler, choices, at, place }: Way) {
  return <T>(port: string, work: () => Promise<T>, inTransaction = false): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      // A dead process hears of nothing; its transaction must learn of it, for it to be rolled back.
      if (process.state() === 'dead') {
        if (inTransaction) reject(new ConnectionLost(port));
        return;
      }
      const forget = inTransaction ? process.onDeath(() => reject(new ConnectionLost(port))) : () => {};
      const fault = choices.portFault(place, port);
      const answer = (what: string, give: () => void, content: unknown = null) => {
        if (inTransaction && process.state() === 'dead') return;
        scheduler.schedule({
          who: process,
          what: `${port} ${what}`,
          content: choices.tellsContent ? JSON.stringify(content) : '',
          inMs: choices.wireMs(fault === 'slow answer'),
          run: () => {
            forget();
            if (choices.tellsContent) process.hear(`${port} ${what} ${JSON.stringify(content)}`);
            give();
          },
        });
      };
      scheduler.schedule({
        who: at,
        what: `${port} of ${process.name}${fault === null ? '' : ` (${fault})`}`,
        inMs: choices.wireMs(fault === 'slow'),
        run: () => {
          if (fault === 'refused') return answer('was refused', () => reject(new ConnectionLost(port)));
          work().then(
            (result) =>
              fault === 'answer lost'
                ? answer('lost its answer', () => reject(new ConnectionLost(port)))
                : answer('answered', () => resolve(result), result),
            (problem) => answer('failed', () => reject(problem)),
          );
        },
      });
    });
}

type Call = ReturnType<typeof callsFrom>;
type Method = (...given: unknown[]) => unknown;

/** What is no round trip: it says what the storage is, or what an error means. */
const LOCAL: readonly string[] = ['database', 'refusalOf', 'isHostId', 'versionStatusOf'];

/** The same port, each of its calls a round trip. A first argument that is a transaction of this storage makes it one inside. */
export function simulated<Port extends object>(
  name: string,
  port: Port,
  call: Call,
  isTx: (given: unknown) => boolean,
): Port {
  const methods = Object.entries(port).map(([method, made]: [string, unknown]) => {
    if (typeof made !== 'function' || LOCAL.includes(method)) return [method, made];
    const told = `${name}.${method}`;
    if (method === 'transaction') return [method, transaction(told, made as Method, call)];
    return [
      method,
      (...given: unknown[]) =>
        call(
          told,
          async () => (made as Method)(...given),
          given.some((each) => isTx(each) || hasTx(each, isTx)),
        ),
    ];
  });
  return Object.fromEntries(methods) as Port;
}

const hasTx = (given: unknown, isTx: (each: unknown) => boolean) =>
  typeof given === 'object' && given !== null && 'tx' in given && isTx(given.tx);

/** Begins and commits by round trips; between the two, the work runs in the process. */
function transaction(told: string, begin: Method, call: Call): Method {
  return async (work) => {
    await call(`${told} begin`, async () => {});
    const result = await begin(async (tx: unknown) => {
      const done: { isErr: () => boolean } = (await (work as Method)(tx)) as never;
      // What is lost before the commit is rolled back.
      if (!done.isErr()) await call(`${told} commit`, async () => {}, true);
      return done;
    });
    // What is lost after it is not.
    await call(`${told} answer`, async () => {});
    return result;
  };
}
