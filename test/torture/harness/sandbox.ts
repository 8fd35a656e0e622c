import type pg from 'pg';
import type { HostDatabase } from '../../../src/testing/storage-harness.js';
import type { HostShape } from '../../contracts/support/host-shapes.js';
import type { RedisServer } from '../../support/redis-server.js';
import type { RestartableServer } from '../../support/restartable-server.js';
import type { Fleet } from './fleet.js';
import type { People } from './people.js';
import type { SetUp } from './plan.js';
import type { PostServers } from './post-server.js';
import type { WrkPlatform } from './wrk-platform.js';

/** What the faults of a run work on. */
export interface Sandbox {
  readonly setUp: SetUp;
  readonly fleet: Fleet;
  readonly wrk: WrkPlatform;
  readonly post: PostServers;
  readonly people: People;
  readonly server: RestartableServer;
  /** `null` where the engine needs none. */
  readonly redis: RedisServer | null;
  /** Straight to the database, for the host and for whoever looks. */
  readonly pool: pg.Pool;
  readonly shape: HostShape;
  readonly host: Omit<HostDatabase, 'lock'>;
  /** Versions that the host has changed besides the library, so that their statuses say nothing of it. */
  readonly changedByHost: Set<string>;
  /** Resolves after so many milliseconds, or when the faults stop. */
  readonly pass: (ms: number) => Promise<void>;
}
