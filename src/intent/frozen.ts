import { listenerId, serviceLoadBalancer, type ClusterId } from '../model/ids.ts';
import type { Owner } from '../model/owner.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { Frozen, Gone } from '../model/spec.ts';
import { deepFreeze } from './deep-freeze.ts';
import type { Members } from './nodes.ts';

/** The owner of a Service's own load balancer. */
export function ownerOf(service: ServiceView, clusterId: ClusterId): Owner {
  return { clusterId, key: serviceLoadBalancer(service.uid), services: [{ uid: service.uid, name: service.key }] };
}

/** Keep what exists as it stands; members and the node ports of ports that have one follow. */
export function frozenOf(service: ServiceView, clusterId: ClusterId, { members, digest }: Members): Frozen {
  const nodePorts = service.ports
    .filter(({ nodePort }) => nodePort > 0)
    .map(({ protocol, port, nodePort }) => ({ id: listenerId(protocol, port), nodePort }));
  return deepFreeze({ frozen: true, owner: ownerOf(service, clusterId), members, membersDigest: digest, nodePorts });
}

/** Take it away, or, to release it, take only our marks off. */
export function goneOf<S>(owner: Owner, settings?: S, leave: Gone<S>['leave'] = 'nothing'): Gone<S> {
  return deepFreeze({ gone: true, owner, leave, ...(settings === undefined ? {} : { settings }) });
}
