import type { Clock } from '../clock.ts';
import { asLbError } from '../errors.ts';
import type { Feature } from '../model/capabilities.ts';
import { serviceLoadBalancer, type LoadBalancerKey } from '../model/ids.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import type { Json } from '../model/json.ts';
import type { AnyStep } from '../model/plan.ts';
import { ownerOfMarks, type Owner } from '../model/owner.ts';
import type { Want } from '../model/spec.ts';
import type { AnyProvider, AnyProviderDefinition, CallContext } from '../provider.ts';
import type { ContractFault, ContractFaults } from './contract-faults.ts';
import type { InOrder } from './in-order.ts';
import type { Incarnation } from './incarnation.ts';
import type { ProviderCall, Trace } from './trace.ts';
import { spoiled } from './wrong-answers.ts';

export interface Watching {
  readonly incarnation: Incarnation;
  readonly trace: Trace;
  readonly faults: ContractFaults;
  /** What it is made to declare that it lacks. */
  readonly withheld: readonly Feature[];
  readonly clock: Clock;
  /** Where the provider lives outside of this process: holds its answers back until their turn comes. */
  readonly inOrder: InOrder | undefined;
}

/** The provider as a controller under test gets it: every call is written down, may be made to fail, and ends with the process. */
export function watchedProvider(definition: AnyProviderDefinition, watching: Watching): AnyProviderDefinition {
  const { incarnation } = watching;
  return {
    ...definition,
    create(connection, host) {
      const inner = definition.create(connection, { ...host, clock: incarnation.clock(host.clock) });
      return new WatchedProvider(inner, definition, watching);
    },
  };
}

class WatchedProvider implements AnyProvider {
  readonly #inner: AnyProvider;
  readonly #definition: AnyProviderDefinition;
  readonly #watching: Watching;
  readonly changes?: (signal: AbortSignal) => AsyncIterable<LoadBalancerKey | 'all-waiting'>;

  constructor(inner: AnyProvider, definition: AnyProviderDefinition, watching: Watching) {
    this.#inner = inner;
    this.#definition = definition;
    this.#watching = watching;
    // Its absence means something to core.
    if (inner.changes !== undefined) this.changes = (signal) => this.#changes(signal);
  }

  start(mode: 'control' | 'read', ctx: CallContext): Promise<void> {
    return this.#call({ verb: 'start' }, ctx, (given) => this.#inner.start(mode, given));
  }

  capabilities(settings: unknown) {
    const lacks = this.#watching.withheld.map((feature) => [feature, { lacks: `the case withholds ${feature}` }] as const);
    const right = { ...this.#inner.capabilities(settings), ...Object.fromEntries(lacks) };
    return this.#answered('capabilities', right);
  }

  async observe(want: Want<unknown>, age: { readonly maxAgeMs: number }, ctx: CallContext): Promise<Json> {
    const have = await this.#call({ verb: 'observe', key: want.owner.key, want, maxAgeMs: age.maxAgeMs }, ctx, (given) =>
      this.#inner.observe(want, age, given),
    );
    return this.#answered('observe', have);
  }

  async plan(want: Want<unknown>, have: Json) {
    const plan = await this.#pure(() => this.#inner.plan(want, have));
    this.#note({ verb: 'plan', key: want.owner.key, want, have, plan }, true);
    return this.#answered('plan', plan, want.owner);
  }

  async apply(step: AnyStep, ctx: CallContext) {
    const key = keyOfStep(step);
    const about = { verb: 'apply' as const, step, ...(key === undefined ? {} : { key }) }; // a literal verb
    return this.#answered('apply', await this.#call(about, ctx, (given) => this.#inner.apply(step, given)));
  }

  async report(want: Want<unknown>, have: Json) {
    const report = await this.#pure(() => this.#inner.report(want, have));
    this.#note({ verb: 'report', key: want.owner.key, want, have, report }, true);
    return this.#answered('report', report);
  }

  async *inventory(ctx: CallContext): AsyncGenerator<OwnedThing> {
    const { incarnation, faults } = this.#watching;
    const call = this.#note({ verb: 'inventory' }, false);
    const things = this.#inner.inventory(ctx)[Symbol.asyncIterator]();
    const how = faults.answerTo('inventory');
    const next = (): Promise<IteratorResult<OwnedThing>> => this.#asked(() => (how === 'empty' ? Promise.resolve(noMore) : things.next()));
    let first = await this.#crossed(call, 'inventory', () => faults.around('inventory', this.#definition.settleMs, ctx, next));
    for (; first.done !== true; first = await incarnation.guard(next)) {
      yield how === undefined ? first.value : spoiled(first.value, how);
      if (faults.breaksOff()) {
        await things.return?.();
        throw (call.error = asLbError(new Error('the inventory broke off'), 'CloudUnavailable'));
      }
    }
    call.ended = true;
  }

  permissions() {
    return this.#inner.permissions();
  }

  close(): Promise<void> {
    this.#note({ verb: 'close' }, true);
    return this.#watching.incarnation.guard(() => this.#asked(() => this.#inner.close()));
  }

  async *#changes(signal: AbortSignal): AsyncGenerator<LoadBalancerKey | 'all-waiting'> {
    for await (const change of this.#inner.changes?.(signal) ?? []) {
      if (!this.#watching.incarnation.alive) return;
      yield change;
    }
  }

  async #call<T>(
    about: Omit<ProviderCall, 'kind' | 'install' | 'at' | 'ended'>,
    ctx: CallContext,
    call: (ctx: CallContext) => Promise<T>,
  ): Promise<T> {
    const { verb } = about;
    if (verb !== 'start' && verb !== 'observe' && verb !== 'apply') throw new Error(`${verb} makes no call`);
    const noted = this.#note(about, false);
    const { faults } = this.#watching;
    return this.#crossed(noted, nameOf(noted), () =>
      faults.around(verb, this.#definition.settleMs, ctx, (given) => this.#asked(() => call(given))),
    );
  }

  async #crossed<T>(noted: ProviderCall, what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.#watching.incarnation.cross({ kind: 'call', what }, call);
    } catch (thrown) {
      noted.error = asLbError(thrown);
      throw thrown;
    } finally {
      noted.ended = true;
    }
  }

  #asked<T>(call: () => Promise<T>): Promise<T> {
    return this.#watching.inOrder?.hold(call) ?? call();
  }

  /** The right answer, or the wrong one that a fault asks for. The trace has the right one. */
  #answered<T>(verb: ContractFault['verb'], right: T, owner?: Owner): T {
    const how = this.#watching.faults.answerTo(verb);
    return how === undefined ? right : spoiled(right, how, owner);
  }

  #pure<T>(call: () => T | Promise<T>): Promise<T> {
    return this.#watching.incarnation.guard(() => this.#asked(async () => call()));
  }

  #note(about: Omit<ProviderCall, 'kind' | 'install' | 'at' | 'ended'>, ended: boolean): ProviderCall {
    const { incarnation, trace, clock } = this.#watching;
    return trace.add({ kind: 'call', install: incarnation.install, at: clock.monotonic(), ended, ...about });
  }
}

const nameOf = ({ verb, step, key }: ProviderCall): string => [verb, step?.id ?? key].filter((part) => part !== undefined).join(' ');

const noMore: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Whose load balancer a step is about: its proof says so. */
function keyOfStep({ proof }: Partial<AnyStep>): LoadBalancerKey | undefined {
  if (proof === undefined) return undefined;
  if ('consent' in proof) return serviceLoadBalancer(proof.consent);
  return ownerOfMarks('marks' in proof ? proof.marks : proof.willMark)?.key;
}
