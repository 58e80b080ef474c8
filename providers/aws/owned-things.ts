import type { OwnedThing } from '../../src/model/capabilities.ts';
import type { ClusterId } from '../../src/model/ids.ts';
import { clusterMark, ownerOfMarks, type Marks } from '../../src/model/owner.ts';
import type { Ec2SecurityGroup } from './api/ec2.ts';
import { isMadeName } from './names.ts';
import type { Inventory } from './observe/inventory.ts';

/** What carries the cluster's mark; and what carries another's, or none, under a name such as we make. */
export function* ownedThings(inventory: Inventory, clusterId: ClusterId): Generator<OwnedThing> {
  const { loadBalancers, targetGroups, securityGroups } = inventory;
  for (const { arn, name, createdAt, scheme, state, dnsName } of loadBalancers.values()) {
    const thing = { kind: 'load-balancer', id: arn, name, createdAt, main: true, details: { scheme, state, dnsName } };
    yield* owned(thing, inventory.tagsOf(arn), clusterId);
  }
  for (const { arn, name, protocol } of targetGroups.values())
    yield* owned({ kind: 'target-group', id: arn, name, main: false, details: { protocol } }, inventory.tagsOf(arn), clusterId);
  for (const { id, name, tags } of securityGroups.values())
    yield* owned({ kind: 'security-group', id, name, main: false }, tags, clusterId);
}

/** Rules by which groups that are not ours let in one that is; they go before it does. */
export function* ownedRules(lettingIn: readonly Ec2SecurityGroup[], { id: source, tags }: Ec2SecurityGroup): Generator<OwnedThing> {
  const key = ownerOfMarks(tags)?.key ?? '';
  for (const { id: group, ingress } of lettingIn) {
    for (const { id, protocol, fromPort, toPort, source: from } of ingress) {
      if (id === undefined || !('group' in from) || from.group !== source) continue;
      yield { kind: 'security-group-rule', id, name: `${group} ${protocol} ${fromPort}-${toPort}`, key, main: false };
    }
  }
}

function* owned(thing: Omit<OwnedThing, 'key' | 'foreign'>, marks: Marks, clusterId: ClusterId): Generator<OwnedThing> {
  const owner = ownerOfMarks(marks);
  if (owner?.clusterId === clusterId) yield { ...thing, key: owner.key };
  else if (marks[clusterMark] !== undefined || isMadeName(thing.name)) yield { ...thing, key: owner?.key ?? '', foreign: { marks } };
}
