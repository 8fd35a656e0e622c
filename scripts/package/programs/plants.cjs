// What hosts, their tools and their tests do to the globals of a process. Each is planted before the library is loaded, and
// after it; the library has to build all the same.

const define = (on, name, value, enumerable = true) =>
  Object.defineProperty(on, name, { value, enumerable, configurable: true, writable: true });

const never = () => ({
  ref: never,
  unref: never,
  hasRef: () => true,
  refresh: never,
  [Symbol.toPrimitive]: () => 1,
});
const timers = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
];

const TIMES = [0, 4_102_444_800_000];
const SAME_ID = '00000000-0000-4000-8000-000000000000';

exports.plants = {
  'nothing at all': () => {},
  'a fetch that answers from a cache': () => {
    globalThis.fetch = async () => new Response('cached', { status: 200 });
  },
  'a fetch that throws': () => {
    globalThis.fetch = () => {
      throw new Error('patched');
    };
  },
  'fake timers': () => {
    for (const name of timers) globalThis[name] = never;
    performance.now = () => 0;
  },
  ...Object.fromEntries(
    TIMES.map((time) => [
      `a clock that stands still in ${new Date(time).getUTCFullYear()}`,
      () => {
        const Real = Date;
        globalThis.Date = class extends Real {
          constructor(...given) {
            super(...(given.length === 0 ? [time] : given));
          }
          static now() {
            return time;
          }
        };
      },
    ]),
  ),
  'chance that is always the same': () => {
    Math.random = () => 0;
    crypto.randomUUID = () => SAME_ID;
    crypto.getRandomValues = (array) => array.fill(0);
  },
  'a Promise of its own': () => {
    const Real = Promise;
    globalThis.Promise = class extends Real {};
  },
  'a method on lists that can be enumerated': () => {
    define(Array.prototype, 'last', function last() {
      return this.at(-1);
    });
  },
  'BigInts and Dates as JSON of another form': () => {
    BigInt.prototype.toJSON = function toJSON() {
      return `${this}n`;
    };
    Date.prototype.toJSON = function toJSON() {
      return { date: this.getTime() };
    };
    Map.prototype.toJSON = function toJSON() {
      return [...this];
    };
  },
  'stack traces as lists': () => {
    Error.prepareStackTrace = (_, frames) => frames;
  },
  'no stack traces': () => {
    Error.stackTraceLimit = 0;
    delete Error.captureStackTrace;
  },
  'a process.on that throws': () => {
    for (const name of ['on', 'once', 'addListener', 'emitWarning']) {
      process[name] = () => {
        throw new Error('patched');
      };
    }
  },
  'a Request and a Response of its own': () => {
    const { Request, Response, Headers } = globalThis;
    globalThis.Request = class extends Request {};
    globalThis.Response = class extends Response {};
    globalThis.Headers = class extends Headers {};
  },
  'an AbortSignal without `any` and `timeout`': () => {
    delete AbortSignal.any;
    delete AbortSignal.timeout;
  },
  'messages of its own in zod': () => {
    require('zod').config({ customError: () => 'patched' });
  },
};

/** What zod cannot work with, and loads only without: said at the start, before anything is accepted. */
exports.unsupported = {
  'a key on all objects that can be enumerated': {
    plant: () => define(Object.prototype, 'polluted', 'polluted'),
    says: 'polluted: is not an option',
  },
};
