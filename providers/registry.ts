import type { Clock } from '../src/clock.ts';
import type { AnyProviderDefinition } from '../src/provider.ts';

/** How a kind of provider is found: loaded only when a configuration names it, because a cloud's SDK is large. */
export interface ProviderEntry {
  load(): Promise<{ readonly provider: AnyProviderDefinition }>;
  /** The same provider on a cloud in memory; absent where there is none. */
  simulate?(clock: Clock): Promise<ProviderSimulation>;
}

/** A cloud in memory. It outlives the instances its definition makes. */
export interface ProviderSimulation {
  readonly definition: AnyProviderDefinition;
  /** Ends every instance as `kill -9` does. */
  crash(): void;
}

/** Every kind there is. A new one is one line here. */
export const providers: Readonly<Record<string, ProviderEntry>> = {
  local: {
    load: () => import('./local/index.ts'),
    simulate: async (clock) => new (await import('./local/simulator/local-simulator.ts')).LocalSimulator(clock),
  },
};

/** What `kind:` may be in a configuration, sorted. */
export const providerKinds: readonly string[] = Object.keys(providers).sort();
