import { asLbError, LbError } from '../../errors.ts';
import { KubeDocuments } from '../../kube/documents.ts';
import { noMetrics } from '../../metrics.ts';
import { noCheckpoint } from '../../model/checkpoint.ts';
import type { ClusterId, ProviderName } from '../../model/ids.ts';
import type { AnyProvider, CallContext, Documents } from '../../provider.ts';
import { unlimited } from '../read-only-host.ts';
import { retryReads } from './retry-reads.ts';
import type { Surroundings } from './surroundings.ts';

/** Providers started for reading, each once and only when asked for. One that does not start says so each time. */
export class ReadProviders {
  readonly #surroundings: Surroundings;
  readonly #signal: AbortSignal;
  /** Read everything in a few calls at start, because many load balancers will be looked at. */
  readonly #batch: boolean;
  readonly #started = new Map<ProviderName, Promise<AnyProvider>>();

  constructor(surroundings: Surroundings, options: { readonly batch: boolean }, signal: AbortSignal) {
    this.#surroundings = surroundings;
    this.#batch = options.batch;
    this.#signal = signal;
  }

  /** What a provider's calls get: it may not change anything. */
  get context(): CallContext {
    const { log } = this.#surroundings;
    return { signal: this.#signal, log, beforeCall: () => refuse() };
  }

  /** The provider of an entry. @throws LbError whatever kept it from starting */
  get(name: ProviderName, clusterId: ClusterId): Promise<AnyProvider> {
    const known = this.#started.get(name);
    if (known !== undefined) return known;
    const starting = this.#start(name, clusterId);
    this.#started.set(name, starting);
    return starting;
  }

  async close(): Promise<void> {
    for (const starting of this.#started.values()) {
      try {
        await (await starting).close();
      } catch (thrown) {
        // One that did not start has been told of where it was asked for.
        this.#surroundings.log.debug({ error: asLbError(thrown) }, 'provider could not be closed');
      }
    }
    this.#started.clear();
  }

  async #start(name: ProviderName, clusterId: ClusterId): Promise<AnyProvider> {
    const { retry } = this.#surroundings;
    // `start` is called once per instance, so a new try takes a new one.
    return await retryReads(
      async () => {
        const provider = readingInstance(this.#surroundings, name, clusterId);
        try {
          await provider.start('read', this.context);
          if (this.#batch) await this.#prime(provider);
          return provider;
        } catch (thrown) {
          await provider.close();
          throw thrown;
        }
      },
      retry,
      this.#signal,
    );
  }

  /** Saves calls and nothing else: what cannot be read now is said where it is needed. */
  async #prime(provider: AnyProvider): Promise<void> {
    try {
      await exhaust(provider.inventory(this.context));
    } catch (thrown) {
      this.#surroundings.log.debug({ error: asLbError(thrown) }, 'inventory could not be read');
    }
  }
}

/** A provider that is not started yet, in a process that may not write. @throws LbError `InvalidConfig` where none has this name */
export function readingInstance({ entries, clock, log, client }: Surroundings, name: ProviderName, clusterId: ClusterId): AnyProvider {
  const entry = entries.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new LbError('InvalidConfig', `no provider is named ${name}`);
  const documents = new KubeDocuments({ client, clock, log, metrics: noMetrics, random: Math.random });
  return entry.definition.create(entry.connection, {
    clock,
    log,
    metrics: noMetrics,
    clusterId,
    name,
    budget: unlimited,
    documents: readOnly(documents),
    checkpoint: noCheckpoint,
  });
}

/** Reads to the end: what the provider saw on the way is what counts. */
async function exhaust(things: AsyncIterable<unknown>): Promise<void> {
  const iterator = things[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

const refuse = (): Promise<never> => Promise.reject(new LbError('ProviderBug', 'a command that only looks was about to change something'));

const readOnly = (documents: Documents): Documents => ({
  list: (kind, signal) => documents.list(kind, signal),
  get: (kind, name, signal) => documents.get(kind, name, signal),
  watch: (kind, signal) => documents.watch(kind, signal),
  create: refuse,
  replace: refuse,
  remove: refuse,
});
