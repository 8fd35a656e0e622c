import { projectTask } from '../../../../src/testing/builders.js';
import type { HostRow } from '../../../../src/testing/storage-harness.js';
import type { Random } from '../random.js';
import type { Sandbox } from '../sandbox.js';

const LOCKABLE = ['projects', 'automationVersions', 'quotes', 'tasks'] as const;

const aVersion = async ({ host }: Sandbox, random: Random): Promise<HostRow<'automationVersions'>> =>
  random.pick((await host.read()).automationVersions);

/** What the host does to its own rows meanwhile. */
export const hostFaults = {
  lock_rows: async ({ pool, shape, pass }: Sandbox, random: Random) => {
    const table = shape.tables[random.pick(LOCKABLE)];
    const ms = random.between(100, 2_500);
    const client = await pool.connect();
    // A restart of the server ends it.
    client.on('error', () => {});
    try {
      await client.query('begin');
      const { rowCount } = await client.query(
        `select from ${table} where id in (select id from ${table} order by random() limit $1) for update`,
        [random.between(1, 10)],
      );
      await pass(ms);
      await client.query('commit');
      client.release();
      return `${rowCount} of ${table} for ${ms} ms`;
    } catch (problem) {
      client.release(true);
      throw problem;
    }
  },
  insert_blocker: async (sandbox: Sandbox, random: Random) => {
    const { projectId, tenantId } = await aVersion(sandbox, random);
    if (!projectId) return 'no project';
    const task = projectTask({ projectId, tenantId }, `blocker-${random.between(1, 1e6)}`, {
      isBlocker: true,
    });
    await sandbox.host.insert({ tasks: [task] });
    await sandbox.pass(random.between(100, 2_000));
    await sandbox.host.update('tasks', task.id, { status: 'complete' });
    return projectId;
  },
  archive_version: async (sandbox: Sandbox, random: Random) => {
    const { id } = await aVersion(sandbox, random);
    sandbox.changedByHost.add(id);
    // Where the host knows no such status it takes one that no build starts from.
    await sandbox.host.update('automationVersions', id, {
      status: sandbox.setUp.host === 'foreign' ? 'Archived' : 'archived',
    });
    return id;
  },
  edit_blueprint: async (sandbox: Sandbox, random: Random) => {
    const { id, blueprintJson } = await aVersion(sandbox, random);
    const blueprint = blueprintJson as { nodes: { name: string }[] };
    const nodes = blueprint.nodes.map((node) => ({ ...node, name: `${node.name} edited` }));
    await sandbox.host.update('automationVersions', id, { blueprintJson: { ...blueprint, nodes } });
    return id;
  },
  withdraw_quote: async (sandbox: Sandbox, random: Random) => {
    const { id } = random.pick((await sandbox.host.read()).quotes);
    await sandbox.host.update('quotes', id, { status: 'withdrawn' });
    return id;
  },
};
