import { expect } from 'vitest';
import * as given from '../support/given.js';
import type { StorageCase } from '../support/storage-case.js';
import * as then from '../support/then.js';
import * as when from '../support/when.js';

/** `é` has two bytes, so that characters are not counted for bytes. */
const BLUEPRINT = '{"nodes":["é"],"edges":[]}';

/** A blueprint that is longer than a caller can use is not read. */
export const longBlueprintCases: readonly StorageCase[] = [
  {
    name: 'B1 facts have the size of a blueprint that is too long, and no text',
    run: async (store) => {
      const project = await given.project(store);
      await store.host.update('automationVersions', project.versionId, { blueprintJson: BLUEPRINT });
      const query = then.aboutVersion(project.tenantId, project.versionId);
      const read = async (maxBlueprintBytes?: number) => {
        const facts = await then.requestFacts(store, { ...query, maxBlueprintBytes });
        return then.present(facts.candidates[0]).automationVersion;
      };
      const whole = await read();
      const text = then.present(whole.blueprintJson);
      expect(whole.blueprintBytes).toBe(Buffer.byteLength(text));
      expect(await read(whole.blueprintBytes)).toEqual(whole);
      expect(await read(whole.blueprintBytes - 1)).toEqual({ ...whole, blueprintJson: null });
    },
  },
  {
    name: 'B1 a build whose blueprint is too long is loaded and claimed without its text',
    run: async (store) => {
      const build = await given.build(store);
      const whole = await then.build(store, build);
      const maxBlueprintBytes = then.present(whole.automationVersion).blueprintBytes - 1;
      const [loaded] = await store.repository.loadBuilds([build], { maxBlueprintBytes });
      const automationVersion = { ...then.present(whole.automationVersion), blueprintJson: null };
      expect(loaded).toEqual({ ...whole, automationVersion });

      const options = { leaseMs: when.LONG_MS, maxBlueprintBytes };
      const [claimed] = await store.repository.claimBuilds([build], options);
      expect(then.received(claimed)).toMatchObject({ automationVersion, contentHash: whole.contentHash });
    },
  },
];
