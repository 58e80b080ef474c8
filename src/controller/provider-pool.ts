import type { Clock } from '../clock.ts';
import { asLbError, LbError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import type { CloudId, LoadBalancerKey, ProviderName } from '../model/ids.ts';
import type { AnyProvider, AnyProviderDefinition, Budget, CallContext, ProviderHost } from '../provider.ts';

/** One entry under `providers:` with its code loaded, ready to be started. */
export interface LoadedProvider {
  readonly name: ProviderName;
  readonly definition: AnyProviderDefinition;
  readonly connection: unknown;
}

/** A provider that has started. */
export interface RunningProvider {
  readonly name: ProviderName;
  readonly definition: AnyProviderDefinition;
  readonly provider: AnyProvider;
  readonly budget: Budget;
  /** Ids of the main things found at start, by key; emptied as first passes use them up. */
  readonly inventory: Map<LoadBalancerKey, CloudId>;
}

interface Started {
  readonly running: RunningProvider;
  readonly found: readonly OwnedThing[];
}

export interface ProviderPoolOptions {
  readonly clock: Clock;
  readonly log: Log;
  host(entry: LoadedProvider): ProviderHost;
  callContext(budget: Budget, log: Log, signal: AbortSignal): CallContext;
  /** A provider has started, for the first time or after failures, and this is what its inventory showed. */
  started(name: ProviderName, found: readonly OwnedThing[]): void;
  /** The first try failed: what waited for it can say why. */
  failed(name: ProviderName): void;
  /** A provider asks for a look. */
  changed(name: ProviderName, what: LoadBalancerKey | 'all-waiting'): void;
}

const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

/** The providers of a process. One that does not start takes down only its own classes, says why, and is tried again. */
export class ProviderPool {
  readonly #options: ProviderPoolOptions;
  readonly #entries: readonly LoadedProvider[];
  readonly #running = new Map<ProviderName, RunningProvider>();
  readonly #problems = new Map<ProviderName, LbError>();
  readonly #tasks: Promise<void>[] = [];

  constructor(entries: readonly LoadedProvider[], options: ProviderPoolOptions) {
    this.#entries = entries;
    this.#options = options;
  }

  /** Tries to start each entry once; those that fail go on trying until the signal aborts. */
  async start(mode: 'control' | 'read', signal: AbortSignal): Promise<void> {
    await Promise.all(this.#entries.map((entry) => this.#tryStart(entry, mode, signal, firstRetryMs)));
  }

  /** Every entry, running or not. */
  get names(): readonly ProviderName[] {
    return this.#entries.map(({ name }) => name);
  }

  /** Those that run and have a thing their cluster shares. */
  get units(): ReadonlySet<ProviderName> {
    return new Set([...this.#running.values()].filter(({ definition }) => definition.clusterUnit).map(({ name }) => name));
  }

  /** The running provider. @throws LbError `ProviderUnavailable`, which says why it does not run. */
  get(name: ProviderName): RunningProvider {
    const running = this.#running.get(name);
    if (running !== undefined) return running;
    const problem = this.#problems.get(name);
    const known = this.#entries.some((entry) => entry.name === name);
    const why = problem?.text ?? (known ? 'it has not started yet' : 'it is not configured');
    throw new LbError('ProviderUnavailable', `provider ${name} does not run: ${why}`, { cause: problem, remedy: problem?.remedy ?? '' });
  }

  /** True while the first try is under way: nobody can say yet whether anything is wrong. */
  isStarting(name: ProviderName): boolean {
    return this.#entries.some((entry) => entry.name === name) && !this.#running.has(name) && !this.#problems.has(name);
  }

  /** One line per provider that does not run, or runs and cannot work; for `/readyz`. */
  problem(): string | undefined {
    const lines = [...this.#problems].map(([name, error]) => `${name}: ${error.text}`);
    for (const { name, provider } of this.#running.values()) {
      const why = provider.problem?.();
      if (why !== undefined) lines.push(`${name}: ${why}`);
    }
    return lines.length === 0 ? undefined : lines.join('; ');
  }

  /** Closes every provider; to be called when no pass runs any more. */
  async close(): Promise<void> {
    await Promise.all(this.#tasks);
    for (const { name, provider } of this.#running.values()) {
      try {
        await provider.close();
      } catch (thrown) {
        this.#options.log.error({ provider: name, error: asLbError(thrown) }, 'provider could not be closed');
      }
    }
    this.#running.clear();
  }

  async #tryStart(entry: LoadedProvider, mode: 'control' | 'read', signal: AbortSignal, retryMs: number): Promise<void> {
    const { clock, log } = this.#options;
    try {
      const { running, found } = await this.#startOne(entry, mode, signal);
      this.#running.set(entry.name, running);
      this.#problems.delete(entry.name);
      log.info({ provider: entry.name, kind: entry.definition.kind, owned: running.inventory.size }, 'provider started');
      this.#follow(running, signal);
      this.#options.started(entry.name, found);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = asLbError(thrown);
      const first = !this.#problems.has(entry.name);
      this.#problems.set(entry.name, error);
      log.error({ provider: entry.name, error, retryMs }, 'provider did not start');
      const cancel = clock.after(error.retryAfterMs ?? retryMs, () => {
        signal.removeEventListener('abort', cancel);
        this.#tasks.push(this.#tryStart(entry, mode, signal, Math.min(retryMs * 2, longestRetryMs)));
      });
      signal.addEventListener('abort', cancel, { once: true });
      if (first) this.#options.failed(entry.name);
    }
  }

  async #startOne(entry: LoadedProvider, mode: 'control' | 'read', signal: AbortSignal): Promise<Started> {
    const host = this.#options.host(entry);
    const provider = entry.definition.create(entry.connection, host);
    const context = this.#options.callContext(host.budget, host.log, signal);
    try {
      await provider.start(mode, context);
      const inventory = new Map<LoadBalancerKey, CloudId>();
      const found: OwnedThing[] = [];
      for await (const thing of provider.inventory(context)) {
        found.push(thing);
        if (thing.main && thing.foreign === undefined) inventory.set(thing.key as LoadBalancerKey, thing.id as CloudId); // compared only, never parsed
      }
      return { running: { name: entry.name, definition: entry.definition, provider, budget: host.budget, inventory }, found };
    } catch (thrown) {
      await provider.close();
      throw thrown;
    }
  }

  #follow({ name, provider }: RunningProvider, signal: AbortSignal): void {
    const changes = provider.changes?.(signal);
    if (changes === undefined) return;
    const follow = async () => {
      try {
        for await (const what of changes) this.#options.changed(name, what);
      } catch (thrown) {
        if (!signal.aborted) this.#options.log.error({ provider: name, error: asLbError(thrown) }, 'provider stopped reporting changes');
      }
    };
    this.#tasks.push(follow());
  }
}
