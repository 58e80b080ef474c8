import { expect } from 'vitest';
import { eventually, type AwsBed } from './aws-bed.ts';

/** Every Service has one load balancer that listens on port 80 and forwards to all nodes, and nothing else stands there. */
export async function expectOneEach(bed: AwsBed, names: readonly string[]): Promise<void> {
  await eventually(async () => {
    const { balancers, idleTargetGroups, securityGroups } = await bed.standing();
    expect(balancers.map(({ service }) => service).sort(), bed.log).toEqual(names.map((name) => `shop/${name}`).sort());
    expect(idleTargetGroups, bed.log).toEqual([]);
    for (const { listeners } of balancers) {
      expect(listeners.map(({ port, targets }) => [port, targets])).toEqual([[80, [...bed.seeded.instances].sort()]]);
    }
    const owners = securityGroups.map(({ tags }) => tags['portolan.dev/service'] ?? 'cluster').sort();
    expect(owners, bed.log).toEqual(['cluster', ...names.map((name) => `shop/${name}`)].sort());
    const inbound = securityGroups.filter(({ tags }) => tags['portolan.dev/service'] !== undefined).map(({ ingress }) => ingress.length);
    expect(inbound).toEqual(inbound.map(() => 1));
  }, 120_000);
}
