import type { LbError } from '../errors.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { MemberSet } from '../model/spec.ts';
import { upstreamEvents, whatWasDone, type Announcer, type EventSink } from './announcer.ts';
import { errorSentence, heldSentence } from './conditions.ts';
import { releasedText } from './released-text.ts';
import { sentence } from './sentence.ts';

/** So many node names a failed update lists (contract K12). */
const namesListed = 20;

/**
 * `ccm` mode: upstream's sequence whenever something is done (contract B2, B8, C1, C8, K10, K12), and nothing where nothing
 * is, which is our one deviation: upstream says of every Service after every restart that it ensured it.
 */
export function upstreamAnnouncer(events: EventSink): Announcer {
  const normal = (service: ServiceView, reason: keyof typeof upstreamEvents) =>
    events.record(service, 'Normal', reason, upstreamEvents[reason]);
  const failed = (service: ServiceView, doing: string, why: string) =>
    events.record(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: failed to ${doing} load balancer: ${why}`);
  const noNodes = (service: ServiceView) =>
    events.record(service, 'Warning', 'UnAvailableLoadBalancer', upstreamEvents.UnAvailableLoadBalancer);
  return {
    beforeBegin: (service) => normal(service, 'EnsuringLoadBalancer'),
    afterBegin: () => {},
    beforeStatus(service, pass) {
      const { result, refusals, members, forNodes, begunNow } = pass;
      for (const refusal of refusals) failed(service, 'ensure', sentence(refusal));
      for (const held of result?.held ?? []) failed(service, 'ensure', heldSentence(held));
      if (result?.error !== undefined) {
        if (forNodes) events.record(service, 'Warning', 'UpdateLoadBalancerFailed', hostsFailed(members, result.error));
        else failed(service, 'ensure', errorSentence(result.error));
      }
      const done = whatWasDone(pass);
      // Upstream speaks of members only where nodes made it look.
      const what = done === 'members' && !forNodes ? 'load balancer' : done;
      // What changes only members needs no word ahead; upstream says one all the same.
      if (what === 'load balancer' && !begunNow) normal(service, 'EnsuringLoadBalancer');
      if (what === 'members' && members.length > 0) normal(service, 'UpdatedLoadBalancer');
      if (what !== undefined && members.length === 0) noNodes(service);
      if (what === 'load balancer') normal(service, 'EnsuredLoadBalancer');
    },
    afterStatus: () => {},
    failed: (service, error) => failed(service, 'ensure', errorSentence(error)),
    deleting: (service) => normal(service, 'DeletingLoadBalancer'),
    deleted: (service) => normal(service, 'DeletedLoadBalancer'),
    deletionFailed(service, error, gone) {
      const why = errorSentence(error);
      if (gone) events.record(service, 'Warning', 'DeleteLoadBalancerFailed', `Error deleting load balancer: ${why}`);
      else failed(service, 'delete', why);
    },
    released: (service, runs) => events.record(service, 'Normal', 'Released', releasedText(runs)),
    heldByOther: (service, refusal) => failed(service, 'ensure', sentence(refusal)),
  };
}

function hostsFailed(members: MemberSet, error: LbError): string {
  const names = members
    .slice(0, namesListed)
    .map(({ node }) => node)
    .sort();
  const more = members.length - names.length;
  const listed = [...names, ...(more > 0 ? [`<${more} more>`] : [])].join(' ');
  return `Error updating load balancer with new hosts [${listed}] [node names limited, total number of nodes: ${members.length}], error: ${errorSentence(error)}`;
}
