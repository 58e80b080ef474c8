import type { Clock } from '../clock.ts';
import { MemberSets } from '../intent/nodes.ts';
import { projectNode } from '../kube/projection.ts';
import { runPass } from '../engine/pass.ts';
import { silentLog } from '../log.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { clusterUnit, type ClusterId } from '../model/ids.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import type { ClusterWant } from '../model/spec.ts';
import type { AnyProvider, CallContext } from '../provider.ts';
import type { Cluster } from './cluster.ts';
import { providerUnderTest } from './parsed-classes.ts';

/** More passes than any honest provider needs for one thing. */
const mostPasses = 8;

/**
 * Makes what the load balancers of a cluster share, as a controller of long ago left it: stories are about Services, and
 * none of them is the first there ever was. @throws Error where it does not come about
 */
export async function makeUnit(provider: AnyProvider, cluster: Cluster, clusterId: ClusterId, clock: Clock): Promise<void> {
  const nodes = cluster.nodeObjects().map((object) => projectNode(structuredClone(object)));
  const { members } = new MemberSets().of(nodes);
  const owner = { clusterId, key: clusterUnit(providerUnderTest), services: [] };
  const want: ClusterWant = { cluster: true, owner, members, used: true };
  const rules = { policy: defaultGuard, approvals: new Set<string>(), byClass: false };
  const ports = { begin: () => Promise.resolve(), stillPublished: () => 0 };
  const context = { clock, call: leading, checkpoint: noCheckpoint };
  await provider.start('control', leading);
  let seen = '';
  for (let pass = 0; pass < mostPasses; pass++) {
    const result = await runPass({ want, provider, settleMs: 0, maxAgeMs: 0, planOnly: false, rules }, ports, context);
    if (result.outcome === 'finished') return;
    seen = result.error?.text ?? result.refusals[0]?.text ?? result.wait?.text ?? result.outcome;
  }
  throw new Error(`what the cluster shares does not come about: ${seen}`);
}

const leading: CallContext = { signal: new AbortController().signal, beforeCall: () => Promise.resolve(), log: silentLog };
