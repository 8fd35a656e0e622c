import { capabilityShape } from '../../src/input/capability-options.js';

type Port = 'repository' | 'queue' | 'auditLog' | 'fused' | keyof typeof capabilityShape;

const PORTS: readonly string[] = [
  'repository',
  'queue',
  'auditLog',
  'fused',
  ...Object.keys(capabilityShape),
];

/** The ports of a storage under test, without what tests ask of it besides: `createBuilds` refuses that. */
export function portsOf<Store extends object>(store: Store): Pick<Store, Extract<keyof Store, Port>> {
  const ports = Object.entries(store).filter(([name]) => PORTS.includes(name));
  return Object.fromEntries(ports) as Pick<Store, Extract<keyof Store, Port>>;
}
