import { parseApprovals } from '../../engine/approval-code.ts';
import type { LoadBalancerKey } from '../../model/ids.ts';
import { type GuardPolicy, type LoadBalancerClass } from '../../model/load-balancer-class.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { perform } from '../actions.ts';
import type { ActionStep } from '../case.ts';
import { keyOf } from '../cluster.ts';
import { parsedClasses } from '../parsed-classes.ts';
import type { Rig } from '../rig.ts';

/** What a user says by a Service, as far as it allows or asks for a loss. */
export interface Said {
  /** It should have a load balancer of a class of ours. */
  readonly wanted: boolean;
  readonly approvals: ReadonlySet<string>;
  readonly guard: GuardPolicy;
}

interface Moment {
  /** Position in the trace from which on it may have been known. */
  readonly position: number;
  /** Virtual time. */
  readonly at: number;
  readonly services: ReadonlyMap<LoadBalancerKey, Said>;
}

/**
 * What users said, and by when: the oracles compare with it what controllers did. A Service that is not there wants nothing
 * and approves nothing.
 */
export class Chronicle {
  readonly #moments: Moment[] = [];
  /** When controllers were shown nothing of what users do, in virtual time; the last one may last. */
  readonly #blind: { readonly from: number; to: number }[] = [];

  /** Where in the trace somebody took all our words off a Service, the record among them. */
  readonly #wiped: number[] = [];

  /** Does a step of a story and writes down what the Services say after it. */
  perform(rig: Rig, step: ActionStep): Promise<void> {
    return this.during(rig, () => perform(rig, step));
  }

  /** The same for anything that somebody does. */
  async during(rig: Rig, act: () => Promise<void>): Promise<void> {
    const position = rig.trace.entries.length;
    await act();
    this.add(position, rig.clock.monotonic(), sayings(rig));
  }

  add(position: number, at: number, services: ReadonlyMap<LoadBalancerKey, Said>): void {
    this.#moments.push({ position, at, services });
  }

  /** Somebody takes our words off a Service. */
  wipes(position: number): void {
    this.#wiped.push(position);
  }

  wasWiped(from: number, until: number): boolean {
    return this.#wiped.some((position) => position >= from && position < until);
  }

  /** From now on controllers are shown nothing, until they see again. */
  losesSight(at: number): void {
    if (this.#blind.at(-1)?.to !== Number.POSITIVE_INFINITY) this.#blind.push({ from: at, to: Number.POSITIVE_INFINITY });
  }

  seesAgain(at: number): void {
    const last = this.#blind.at(-1);
    if (last?.to === Number.POSITIVE_INFINITY) last.to = at;
  }

  /** The moment of which a controller may still go by what it knew, where news takes so long when they travel at all. */
  knownSince(at: number, newsTravelMs: number): number {
    let since = at - newsTravelMs;
    for (const { from, to } of this.#blind.toReversed()) if (from <= at && to >= since) since = Math.min(since, from - newsTravelMs);
    return since;
  }

  /**
   * Everything a Service said from `since` (virtual time) until the trace was `until` long, with what stood when that began.
   * Undefined entries: it was not there.
   */
  sayings(key: LoadBalancerKey, since: number, until: number): readonly (Said | undefined)[] {
    const known = this.#moments.filter(({ position }) => position < until);
    const first = known.findLastIndex(({ at }) => at < since);
    return known.slice(Math.max(first, 0)).map(({ services }) => services.get(key));
  }

  /** Where in the trace somebody did something. */
  get positions(): readonly number[] {
    return this.#moments.map(({ position }) => position);
  }
}

function sayings(rig: Rig): ReadonlyMap<LoadBalancerKey, Said> {
  const said = new Map<LoadBalancerKey, Said>();
  for (const { cluster, classes } of rig.installs.values()) {
    const parsed = parsedClasses(rig.simulation.definition, classes);
    for (const service of cluster.services()) {
      const found = classFor(service, parsed);
      if (found === undefined) continue;
      const approvals = parseApprovals(service.annotations['portolan.dev/approve']);
      said.set(keyOf(service), { wanted: wants(service, found), approvals, guard: found.guard });
    }
  }
  return said;
}

/** The class that serves a Service, or is to: by our finalizer, else by what it names. */
export function classFor(service: ServiceView, classes: readonly LoadBalancerClass[]): LoadBalancerClass | undefined {
  const named = service.loadBalancerClass;
  return (
    classes.find(({ finalizer }) => service.finalizers.includes(finalizer)) ??
    classes.find((candidate) => (named === undefined ? candidate.default : candidate.name === named))
  );
}

/** Whether a Service should have a load balancer of this class. */
export function wants(service: ServiceView, { name }: LoadBalancerClass): boolean {
  const { type, deleting, loadBalancerClass: named, annotations } = service;
  return type === 'LoadBalancer' && !deleting && annotations['portolan.dev/release'] !== 'true' && (named === undefined || named === name);
}
