/** What the adapter uses of a BullMQ `Queue`. */
export interface BullmqQueue {
  readonly addBulk: (
    jobs: { name: string; data: BullmqWakeUp; opts: BullmqJobOptions }[],
  ) => Promise<unknown>;
  readonly isPaused: () => Promise<boolean>;
  readonly on: (event: 'error', listener: (problem: Error) => void) => unknown;
  readonly close: () => Promise<void>;
  readonly disconnect: () => Promise<void>;
}

/** What the adapter uses of a BullMQ `Worker`. It fetches jobs manually. */
export interface BullmqWorker {
  readonly getNextJob: (token: string, options: { block?: boolean }) => Promise<BullmqJob | undefined>;
  readonly startStalledCheckTimer: () => Promise<void>;
  readonly on: (event: 'error', listener: (problem: Error) => void) => unknown;
  readonly close: (force?: boolean) => Promise<void>;
}

/** What the adapter uses of BullMQ `QueueEvents`. */
export interface BullmqQueueEvents {
  readonly on: {
    (event: 'waiting', listener: () => void): unknown;
    (event: 'error', listener: (problem: Error) => void): unknown;
  };
  readonly close: () => Promise<void>;
}

/** What the adapter uses of a BullMQ `Job`. */
export interface BullmqJob {
  readonly data: BullmqWakeUp;
  readonly moveToCompleted: (result: null, token: string, fetchNext: false) => Promise<unknown>;
}

/** The data of a job: the id of a message. */
export interface BullmqWakeUp {
  readonly id: string;
}

/** How a job is added. */
export interface BullmqJobOptions {
  readonly delay: number;
  readonly attempts: 1;
  readonly removeOnComplete: true;
  readonly removeOnFail: true;
}

interface Connected<Connection> {
  readonly connection: Connection;
  readonly prefix: string;
}

/** The classes of the host's own BullMQ, 5 or 6. */
export interface BullmqClasses<Connection> {
  readonly Queue: new (name: string, options: Connected<Connection>) => BullmqQueue;
  readonly Worker: new (
    name: string,
    processor: null,
    options: Connected<Connection> & {
      readonly autorun: false;
      readonly lockDuration: number;
      readonly stalledInterval: number;
    },
  ) => BullmqWorker;
  /** Wakes idle workers when a job is added, over one extra connection per queue. Optional. */
  readonly QueueEvents?: new (
    name: string,
    options: Connected<Connection>,
  ) => BullmqQueueEvents;
}
