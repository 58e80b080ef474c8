import type { LbError } from '../errors.ts';
import type { ServiceView } from '../model/service-view.ts';
import { upstreamEvents, whatWasDone, type Announcer, type EventSink } from './announcer.ts';
import { errorSentence, heldSentence } from './conditions.ts';
import { releasedText } from './released-text.ts';
import { sentence } from './sentence.ts';

/**
 * Class mode: an event when something was done, failed, or began to wait for the user; nothing otherwise. What was done is
 * said once it is on the Service.
 */
export function classAnnouncer(events: EventSink): Announcer {
  const failed = (service: ServiceView, error: LbError) =>
    events.record(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${errorSentence(error)}`);
  const normal = (service: ServiceView, reason: keyof typeof upstreamEvents) =>
    events.record(service, 'Normal', reason, upstreamEvents[reason]);
  return {
    beforeBegin: () => {},
    afterBegin: (service) => normal(service, 'EnsuringLoadBalancer'),
    beforeStatus: () => {},
    afterStatus(service, pass, statusChanged) {
      const { result, refusals, notices } = pass;
      const done = whatWasDone(pass);
      if (done !== undefined) normal(service, done === 'members' ? 'UpdatedLoadBalancer' : 'EnsuredLoadBalancer');
      if (result?.error !== undefined) failed(service, result.error);
      if (!statusChanged) return;
      for (const refusal of refusals) events.record(service, 'Warning', refusal.reason, sentence(refusal));
      for (const held of result?.held ?? []) events.record(service, 'Warning', held.reason, heldSentence(held));
      for (const notice of notices) {
        if (notice.kind === 'info') events.record(service, 'Normal', notice.reason, sentence(notice));
        if (notice.reason === 'NoNodes')
          events.record(service, 'Warning', 'UnAvailableLoadBalancer', upstreamEvents.UnAvailableLoadBalancer);
      }
    },
    failed,
    deleting(service, goesOn) {
      if (!goesOn) normal(service, 'DeletingLoadBalancer');
    },
    deleted(service, gone) {
      if (!gone) normal(service, 'DeletedLoadBalancer');
    },
    deletionFailed: failed,
    released: (service, runs) => events.record(service, 'Normal', 'Released', releasedText(runs)),
    heldByOther(service, refusal, statusChanged) {
      if (statusChanged) events.record(service, 'Warning', refusal.reason, sentence(refusal));
    },
  };
}
