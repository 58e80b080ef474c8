import type { PassResult } from '../engine/pass.ts';
import type { StepRun } from '../engine/run-steps.ts';
import type { LbError } from '../errors.ts';
import type { Refusal } from '../model/plan.ts';
import type { Notice } from '../model/report.ts';
import type { ServiceView } from '../model/service-view.ts';
import type { MemberSet } from '../model/spec.ts';

/** Upstream's reasons and messages, byte for byte: alerts match on them (service-contract.md, Events). */
export const upstreamEvents = {
  EnsuringLoadBalancer: 'Ensuring load balancer',
  EnsuredLoadBalancer: 'Ensured load balancer',
  UpdatedLoadBalancer: 'Updated load balancer with new hosts',
  UnAvailableLoadBalancer: 'There are no available nodes for LoadBalancer',
  DeletingLoadBalancer: 'Deleting load balancer',
  DeletedLoadBalancer: 'Deleted load balancer',
} as const;

/** Where the announcer says things: the reason is CamelCase, the message one line. */
export interface EventSink {
  record(service: ServiceView, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** A pass over a Service that wants a load balancer, as far as events are about it. */
export interface EnsurePassSeen {
  /** Absent where the Service was refused and nothing of it is served. */
  readonly result?: PassResult;
  readonly refusals: readonly Refusal[];
  readonly notices: readonly Notice[];
  readonly members: MemberSet;
  /** An earlier pass began what this one found finished, maybe without a step: the spec, or only its members. */
  readonly begunBefore?: 'spec' | 'members';
  /** This pass wrote ahead that it begins. */
  readonly begunNow: boolean;
  /** Only the nodes changed since the last pass. */
  readonly forNodes: boolean;
}

/** Says on the Service what is done for it, as events. Each method is called at its moment, and nothing waits for it. */
export interface Announcer {
  beforeBegin(service: ServiceView): void;
  afterBegin(service: ServiceView): void;
  beforeStatus(service: ServiceView, pass: EnsurePassSeen): void;
  /** `statusChanged`: something was written. */
  afterStatus(service: ServiceView, pass: EnsurePassSeen, statusChanged: boolean): void;
  /** A pass that could not even begin, or whose own writes failed. */
  failed(service: ServiceView, error: LbError): void;
  /** `goesOn`: it was begun before and waited for the cloud since. */
  deleting(service: ServiceView, goesOn: boolean): void;
  /** `gone`: the Service is not there any more. */
  deleted(service: ServiceView, gone: boolean): void;
  deletionFailed(service: ServiceView, error: LbError, gone: boolean): void;
  /** With what this very pass took its marks off. */
  released(service: ServiceView, runs: readonly StepRun[]): void;
  /** Another controller serves it. */
  heldByOther(service: ServiceView, refusal: Refusal, statusChanged: boolean): void;
}

/** What a finished pass did, or found done that an earlier one began; undefined where it did nothing. */
export function whatWasDone({ result, begunBefore }: EnsurePassSeen): 'members' | 'load balancer' | undefined {
  if (result?.outcome !== 'finished') return undefined;
  const done = result.runs.filter((run) => run.outcome === 'done');
  if (done.length === 0 && begunBefore === undefined) return undefined;
  return begunBefore !== 'spec' && done.every((run) => run.step.membersOnly === true) ? 'members' : 'load balancer';
}
