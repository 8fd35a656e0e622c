import { describeMount } from './support/describe-mount.js';
import { mounts } from './support/mounts.js';

for (const mount of mounts) {
  describeMount(mount, '/api');
  describeMount(mount, '');
}
