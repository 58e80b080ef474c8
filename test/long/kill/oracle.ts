import { isDeepStrictEqual } from 'node:util';
import { LbError } from '../../../src/errors.ts';
import { MemberSets } from '../../../src/intent/nodes.ts';
import { serviceLoadBalancer } from '../../../src/model/ids.ts';
import { keyMark, nameMark } from '../../../src/model/owner.ts';
import type { ServiceView } from '../../../src/model/service-view.ts';
import { contains, parseIp } from '../../../src/net/ip.ts';
import { ingressDigest, readRecord } from '../../../src/controller/record.ts';
import type { LoadBalancerRecord, State } from '../../../providers/local/state.ts';
import { parseState } from '../../../providers/local/state-text.ts';
import { placeText } from './asking.ts';
import { addressOf, answering, conditionOf, ourFinalizer, schemeOf, socketsOf, wanted, type Facts, type Traffic } from './facts.ts';

/** What must hold whenever nothing moves, however often the controller died before; each line answers what is wrong. */
export const standing = {
  'the state file can be read': ({ stateText }) => {
    const state = stateOf(stateText);
    return state instanceof LbError ? [state.text] : [];
  },
  'each load balancer is recorded once, and nothing else is': (facts) => {
    const keys = recordsOf(facts).map(({ marks }) => marks[keyMark] ?? '');
    const due = wanted(facts).map(({ uid }): string => serviceLoadBalancer(uid));
    const orphans = recordsOf(facts).filter(({ marks }) => !due.includes(marks[keyMark] ?? ''));
    return [
      ...orphans.map(({ id, marks }) => `${id} of ${marks[nameMark] ?? 'nobody'} is nobody's`),
      ...wanted(facts).flatMap((service) => {
        const count = keys.filter((key) => key === serviceLoadBalancer(service.uid)).length;
        return count === 1 ? [] : [`${service.key} has ${count} records`];
      }),
    ];
  },
  'each record is what its Service asks for': (facts) =>
    wanted(facts).flatMap((service) => {
      const record = recordOf(facts, service);
      if (record === undefined) return [];
      const [is, should] = [contentOf(record, facts), askedFor(service, facts)];
      return isDeepStrictEqual(is, should) ? [] : [`${service.key} asks for ${JSON.stringify(should)}, recorded is ${JSON.stringify(is)}`];
    }),
  'no member set is kept that nobody uses': (facts) => {
    const state = stateOf(facts.stateText);
    if (state instanceof LbError) return [];
    const used = new Set<string>(state.loadBalancers.map(({ members }) => members));
    return Object.keys(state.memberSets).filter((digest) => !used.has(digest));
  },
  'only what is served has our finalizer, and has it once': ({ services }) =>
    services.flatMap(({ key, type, finalizers }) => {
      const should = type === 'LoadBalancer' ? 1 : 0;
      const is = finalizers.filter((finalizer) => finalizer === ourFinalizer).length;
      return is === should ? [] : [`${key} of type ${type} has it ${is} times`];
    }),
  'what was deleted is gone': ({ services }) => services.filter(({ deleting }) => deleting).map(({ key }) => key),
  'what is no load balancer says nothing of one': ({ services }) =>
    services.flatMap(({ key, type, ingress, conditions }) => {
      const left = [...ingress.map(({ ip }) => `address ${ip ?? ''}`), ...conditions.map((condition) => condition.type)];
      return type === 'LoadBalancer' || left.length === 0 ? [] : [`${key} still says ${left.join(', ')}`];
    }),
  'the record on each Service says what was applied': (facts) =>
    wanted(facts).flatMap((service) => {
      const applied = readRecord(service.conditions);
      if (applied === undefined || !applied.applied) return [`${service.key} has ${applied === undefined ? 'no record' : 'one under way'}`];
      const id = recordOf(facts, service)?.id;
      if (applied.id !== id) return [`${service.key} names ${applied.id}, the state file ${id}`];
      return applied.status === ingressDigest(service.ingress) ? [] : [`${service.key}: the record was written with another status`];
    }),
  'each Service says that it is served': (facts) =>
    wanted(facts).flatMap((service) => {
      const [accepted, programmed, degraded] = (['accepted', 'programmed', 'degraded'] as const).map((type) => conditionOf(service, type));
      if (accepted?.status === 'True' && programmed?.status === 'True' && degraded?.status === 'False') return [];
      return [`${service.key}: ${[accepted, programmed, degraded].map((is) => `${is?.type} ${is?.status} ${is?.reason}`).join(', ')}`];
    }),
  'status names the recorded address, of the right range, with every port': (facts) =>
    wanted(facts).flatMap((service) => {
      const [address, recorded] = [parseIp(addressOf(service)), recordOf(facts, service)?.addresses[0]];
      const range = facts.ranges[schemeOf(service)];
      if (service.ingress.length !== 1 || address === undefined) return [`${service.key} has ${service.ingress.length} addresses`];
      if (address !== recorded) return [`${service.key} names ${address}, recorded is ${recorded}`];
      if (!contains(range, address)) return [`${service.key} names ${address}, which is not of ${range}`];
      const ports = service.ingress[0]?.ports?.map(({ port, protocol, error }) => `${protocol}/${port}${error ?? ''}`) ?? [];
      const due = service.ports.map(({ protocol, port }) => `${protocol}/${port}`);
      return isDeepStrictEqual(ports.toSorted(), due.toSorted()) ? [] : [`${service.key} says ports ${ports.join(' ')}`];
    }),
  'no address was ever changed unasked': ({ services, published, approved }) =>
    services.flatMap(({ uid, key }) => {
      const addresses = published.get(uid) ?? [];
      return addresses.length <= 1 + (approved.get(uid) ?? 0) ? [] : [`${key} had ${addresses.join(', then ')}`];
    }),
  'exactly what should listen does': ({ sockets, ...facts }) => {
    if (sockets === undefined) return [];
    const due = new Set(wanted({ ...facts }).flatMap(socketsOf));
    return [
      ...[...due].filter((socket) => !sockets.has(socket)).map((socket) => `nothing listens on ${socket}`),
      ...[...sockets].filter((socket) => !due.has(socket)).map((socket) => `something listens on ${socket}`),
    ];
  },
  'the Lease names the node set that every pool has': ({ nodes, epochMark }) => {
    const { digest } = new MemberSets().of(nodes);
    return epochMark === digest ? [] : [`it says ${JSON.stringify(epochMark)}, the nodes are ${digest}`];
  },
  'no file is left over': ({ files }) => files.filter((file) => file !== 'state.json' && file !== 'state.json.lock'),
} as const satisfies Readonly<Record<string, (facts: Facts) => readonly string[]>>;

/** What clients must meet then. */
export const carried = {
  'each port is answered by each node that should and by no other': ({ served }, { nodes }) =>
    served.flatMap(({ service, port, replies }) => {
      const place = `${service.key} ${port.protocol}/${port.port}`;
      const due = answering(service, nodes);
      const seen = new Set<string>();
      for (const reply of replies) {
        if ('error' in reply) return [`${place}: ${reply.error}`];
        if (!due.includes(reply.node)) return [`${place} was answered by ${reply.node}`];
        if (reply.nodePort !== port.nodePort) return [`${place} was answered on node port ${reply.nodePort} instead of ${port.nodePort}`];
        if (reply.protocol !== port.protocol) return [`${place} was answered on ${reply.protocol}`];
        seen.add(reply.node);
      }
      return due.filter((node) => !seen.has(node)).map((node) => `${place} was not answered by ${node}`);
    }),
  'nobody outside of the source ranges is answered': ({ served }) =>
    served.flatMap(({ service, port, outsider }) =>
      outsider === undefined || 'error' in outsider ? [] : [`${service.key} ${port.protocol}/${port.port}: ${outsider.node} answered`],
    ),
  'where nothing should listen any more, clients are refused': ({ gone }) =>
    gone.flatMap(({ place, reply }) => {
      if ('error' in reply && reply.error === 'ECONNREFUSED') return [];
      return [`${placeText(place)}: ${'error' in reply ? reply.error : `${reply.node} answered`}`];
    }),
} as const satisfies Readonly<Record<string, (traffic: Traffic, facts: Pick<Facts, 'nodes'>) => readonly string[]>>;

/** What a restart did that found nothing to do. */
export interface IdleRestart {
  /** Every mutating request of the controller, `PUT /apis/…`. */
  readonly writes: readonly string[];
  readonly stateBefore: string;
  readonly stateAfter: string;
}

/** What a restart with nothing pending must not do. */
export const idle = {
  'it writes nothing but the Lease': ({ writes }) => writes.filter((write) => !/^\S+ \/apis\/coordination\.k8s\.io\/v1\//.test(write)),
  'the state file is byte-equal': ({ stateBefore, stateAfter }) => (stateBefore === stateAfter ? [] : [`${stateBefore}\n→\n${stateAfter}`]),
} as const satisfies Readonly<Record<string, (restart: IdleRestart) => readonly string[]>>;

/** Every line that does not hold, with what is wrong. */
export const wrongStanding = (facts: Facts): readonly string[] =>
  Object.entries(standing).flatMap(([line, wrong]) => wrong(facts).map((what) => `${line}: ${what}`));
export const wrongTraffic = (traffic: Traffic, facts: Facts): readonly string[] =>
  Object.entries(carried).flatMap(([line, wrong]) => wrong(traffic, facts).map((what) => `${line}: ${what}`));
export const wrongIdle = (restart: IdleRestart): readonly string[] =>
  Object.entries(idle).flatMap(([line, wrong]) => wrong(restart).map((what) => `${line}: ${what}`));

function stateOf(text: string): State | LbError {
  try {
    return parseState(text, 'state.json');
  } catch (error) {
    if (error instanceof LbError) return error;
    throw error;
  }
}

function recordsOf({ stateText }: Facts): readonly LoadBalancerRecord[] {
  const state = stateOf(stateText);
  return state instanceof LbError ? [] : state.loadBalancers;
}

const recordOf = (facts: Facts, { uid }: ServiceView): LoadBalancerRecord | undefined =>
  recordsOf(facts).find(({ marks }) => marks[keyMark] === serviceLoadBalancer(uid));

/** A record as far as the Service and the nodes decide it, found without the product's own compiler. */
function contentOf(record: LoadBalancerRecord, { stateText }: Facts): unknown {
  const state = stateOf(stateText);
  const members = state instanceof LbError ? [] : (state.memberSets[record.members] ?? []);
  return {
    scheme: record.scheme,
    listeners: Object.fromEntries(record.listeners.map(({ id, nodePort, healthCheck }) => [id, { nodePort, healthCheck }])),
    members: Object.fromEntries(members.map(({ node, addresses }) => [node, addresses.IPv4])),
    sourceRanges: record.sourceRanges,
    affinity: record.affinity,
    drainTimeout: record.settings.drainTimeout,
  };
}

function askedFor(service: ServiceView, { nodes }: Facts): unknown {
  const { ports, externalTrafficPolicy, healthCheckNodePort, sessionAffinity, affinityTimeoutSeconds, sourceRanges, annotations } = service;
  const healthCheck = externalTrafficPolicy === 'Local' ? { kind: 'local', port: healthCheckNodePort } : { kind: 'cluster' };
  const drain = annotations['portolan.dev/drain-timeout'] ?? '30s';
  return {
    scheme: schemeOf(service),
    listeners: Object.fromEntries(ports.map(({ protocol, port, nodePort }) => [`${protocol}/${port}`, { nodePort, healthCheck }])),
    members: Object.fromEntries(nodes.map(({ name, addresses }) => [name, addresses[0]?.address])),
    sourceRanges: sourceRanges.toSorted(),
    affinity: sessionAffinity === 'ClientIP' ? { kind: 'client-ip', timeoutSeconds: affinityTimeoutSeconds } : { kind: 'none' },
    drainTimeout: Number.parseInt(drain, 10) * 1000,
  };
}
