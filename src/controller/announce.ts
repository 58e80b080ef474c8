import { asLbError } from '../errors.ts';
import type { PassResult } from '../engine/pass.ts';
import type { StepRun } from '../engine/run-steps.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { ServiceView } from '../model/service-view.ts';
import { errorSentence, heldSentence } from './conditions.ts';
import type { EventSink } from './loop-parts.ts';
import { sentence } from './sentence.ts';

/** Upstream's reasons and messages, byte for byte: alerts match on them (service-contract.md, Events). */
export const upstreamEvents = {
  EnsuringLoadBalancer: 'Ensuring load balancer',
  EnsuredLoadBalancer: 'Ensured load balancer',
  UpdatedLoadBalancer: 'Updated load balancer with new hosts',
  UnAvailableLoadBalancer: 'There are no available nodes for LoadBalancer',
  DeletingLoadBalancer: 'Deleting load balancer',
  DeletedLoadBalancer: 'Deleted load balancer',
} as const;

export function announceBegin(events: EventSink, service: ServiceView): void {
  events.record(service, 'Normal', 'EnsuringLoadBalancer', upstreamEvents.EnsuringLoadBalancer);
}

/** What a pass knows beside its result. */
export interface AroundPass {
  readonly notices?: readonly Notice[];
  readonly statusChanged?: boolean;
  /** An earlier pass began what this one found finished, maybe without a step: the spec, or only its members. */
  readonly begunBefore?: 'spec' | 'members';
}

/** Class mode: an event when something was done, failed, or began to wait for the user; nothing otherwise. */
export function announcePass(
  events: EventSink,
  service: ServiceView,
  result: PassResult | undefined,
  refusals: readonly Refusal[],
  { notices = [], statusChanged = true, begunBefore }: AroundPass = {},
): void {
  if (result?.outcome === 'finished') announceDone(events, service, result, begunBefore);
  if (result?.error !== undefined) announceFailure(events, service, result.error);
  if (!statusChanged) return;
  for (const refusal of refusals) events.record(service, 'Warning', refusal.reason, sentence(refusal));
  for (const held of result?.held ?? []) events.record(service, 'Warning', held.reason, heldSentence(held));
  for (const notice of notices) {
    if (notice.kind === 'info') events.record(service, 'Normal', notice.reason, sentence(notice));
    if (notice.reason === 'NoNodes') events.record(service, 'Warning', 'UnAvailableLoadBalancer', upstreamEvents.UnAvailableLoadBalancer);
  }
}

function announceDone(events: EventSink, service: ServiceView, { runs }: PassResult, begunBefore: AroundPass['begunBefore']): void {
  const done = runs.filter((run) => run.outcome === 'done');
  if (done.length === 0 && begunBefore === undefined) return;
  const membersOnly = begunBefore !== 'spec' && done.every((run) => run.step.membersOnly === true);
  const reason = membersOnly ? 'UpdatedLoadBalancer' : 'EnsuredLoadBalancer';
  events.record(service, 'Normal', reason, upstreamEvents[reason]);
}

/** Names what is left behind, as far as this very pass saw it: what a pass before a crash released is in the log only. */
export function announceRelease(events: EventSink, service: ServiceView, runs: readonly StepRun[]): void {
  const left = new Set(runs.map(({ step: { resource } }) => `${resource.kind} ${resource.id ?? resource.name}`));
  events.record(service, 'Normal', 'Released', `Released load balancer${left.size === 0 ? '' : `; left behind: ${[...left].join(', ')}`}`);
}

export function announceFailure(events: EventSink, service: ServiceView, thrown: unknown): void {
  events.record(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: ${errorSentence(asLbError(thrown))}`);
}
