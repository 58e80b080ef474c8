import type { Clock } from '../clock.ts';
import type { Checkpoint, ReachCheckpoint } from '../model/checkpoint.ts';
import { conditionTypes } from '../model/condition.ts';
import { addressOfIngress, sameIngress, type Ingress } from '../model/ingress.ts';
import type { ServiceView } from '../model/service-view.ts';
import { isPassing, type ConditionWish } from './conditions.ts';
import { isNewer, sameCondition, type KeyState } from './key-state.ts';

/** What should be different about a Service's finalizers and status. What is absent stays as it is. */
export interface StatusWish {
  readonly addFinalizer?: string;
  readonly removeFinalizer?: string;
  readonly ingress?: readonly Ingress[];
  readonly conditions?: readonly ConditionWish[];
  readonly removeConditions?: readonly string[];
}

/** What became of a wish; `held-back`: it would only say that work is going on. */
export type Written = 'written' | 'same' | 'held-back' | 'gone';

/** The one write the controller makes: a patch of a Service's status. */
export interface ServiceStatusApi {
  /**
   * The Service after the patch; undefined where it is gone. `fence` is called once more when the request leaves: whatever it
   * waited for may have taken longer than the Lease holds. @throws LbError
   */
  patchStatus(service: ServiceView, wish: StatusWish, fence: () => void): Promise<ServiceView | undefined>;
}

export interface StatusWriterOptions {
  readonly api: ServiceStatusApi;
  readonly clock: Clock;
  readonly checkpoint: ReachCheckpoint;
  /** @throws LbError `LeaseLost` */
  readonly fence: () => void;
  /** Whether conditions are worth a patch of their own; else they come with what is written anyway. The record always is. */
  readonly conditionPatches: boolean;
}

/** Writes status where it differs, and remembers what it wrote, so that our own writes never wake us. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /**
   * Makes the wish true in one patch; writes nothing where it is. With `holdPassing` a patch that would only say that
   * work is going on is not written.
   * @returns `held-back` where that was so, `written`, `same`, or `gone` where the Service is no more, which the state then says too.
   */
  async write(state: KeyState, wish: StatusWish, at: 'begin' | 'status' | 'finalizer', holdPassing = false): Promise<Written> {
    const service = state.view;
    const differing = (wish.conditions ?? []).filter(
      (condition) => !service.conditions.some((present) => sameCondition(present, condition)),
    );
    const rest = differsBesidesConditions(service, wish);
    if (!rest && differing.length === 0) {
      this.#remember(state, service, wish);
      return 'same';
    }
    if (!rest && holdPassing && differing.every(isPassing)) return 'held-back';
    const { api, fence, checkpoint, conditionPatches } = this.#options;
    if (!rest && !conditionPatches && differing.every(({ type }) => type !== conditionTypes.applied)) return 'same';
    fence();
    checkpoint(`${at}/before` satisfies Checkpoint);
    const written = await api.patchStatus(service, { ...wish, conditions: differing }, fence);
    checkpoint(`${at}/after` satisfies Checkpoint);
    if (written === undefined) {
      state.vanished = true;
      return 'gone';
    }
    this.#forgetAddresses(state, service, written);
    // The watch may have been faster than our answer and brought an edit that came after it.
    if (isNewer(written, state.view)) state.view = written;
    state.seen = state.seen === undefined ? undefined : withFinalizers(state.seen, wish);
    this.#remember(state, written, wish);
    return 'written';
  }

  #remember(state: KeyState, service: ServiceView, wish: StatusWish): void {
    // What somebody changed since and nobody wishes otherwise now is as it should be: else it would wake us for ever.
    const kept = (state.wrote?.conditions ?? []).filter((wrote) => service.conditions.some((present) => sameCondition(present, wrote)));
    const merged = new Map([...kept, ...(wish.conditions ?? [])].map((condition) => [condition.type, condition] as const));
    // A patch that says nothing of the addresses does not make those our word that somebody else put there.
    const ingress = wish.ingress === undefined ? (state.wrote?.ingress ?? service.ingress) : service.ingress;
    state.wrote = { ingress, conditions: [...merged.values()] };
  }

  /** From when on an address that was published is named no more: its handover time runs from here. */
  #forgetAddresses(state: KeyState, before: ServiceView, after: ServiceView): void {
    const named = new Set(after.ingress.map(addressOfIngress));
    for (const address of named) state.unpublishedAt.delete(address);
    for (const address of before.ingress.map(addressOfIngress)) {
      if (!named.has(address)) state.unpublishedAt.set(address, this.#options.clock.monotonic());
    }
  }
}

function differsBesidesConditions(service: ServiceView, wish: StatusWish): boolean {
  const { addFinalizer, removeFinalizer, ingress, removeConditions = [] } = wish;
  if (addFinalizer !== undefined && !service.finalizers.includes(addFinalizer)) return true;
  if (removeFinalizer !== undefined && service.finalizers.includes(removeFinalizer)) return true;
  if (ingress !== undefined && !sameIngress(ingress, service.ingress)) return true;
  return service.conditions.some(({ type }) => removeConditions.includes(type));
}

/** Our own change of the finalizers is no reason to wake; whatever else came with the answer still is. */
function withFinalizers(seen: ServiceView, { addFinalizer, removeFinalizer }: StatusWish): ServiceView {
  const kept = seen.finalizers.filter((finalizer) => finalizer !== removeFinalizer);
  const added = addFinalizer === undefined || kept.includes(addFinalizer) ? [] : [addFinalizer];
  return { ...seen, finalizers: [...kept, ...added] };
}
