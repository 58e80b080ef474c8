import type { Clock } from '../src/clock.ts';
import type { ProviderSimulation, Simulate } from '../src/conformance/simulation.ts';
import type { AnyProviderDefinition } from '../src/provider.ts';

/** How a kind of provider is found: loaded only when a configuration names it, because a cloud's SDK is large. */
export interface ProviderEntry {
  load(): Promise<{ readonly provider: AnyProviderDefinition }>;
  /** The same provider on a cloud in memory; absent where there is none. */
  readonly simulate?: Simulate;
  /** The same provider on a real cloud of its own that it may use as it likes; absent where there is none. */
  readonly real?: (clock: Clock) => Promise<ProviderSimulation>;
}

/** Every kind there is. A new one is one line here. */
export const providers: Readonly<Record<string, ProviderEntry>> = {
  local: {
    load: () => import('./local/index.ts'),
    simulate: async (clock, wrap) => new (await import('./local/simulator/local-simulator.ts')).LocalSimulator(clock, wrap),
  },
};

/** What `kind:` may be in a configuration, sorted. */
export const providerKinds: readonly string[] = Object.keys(providers).sort();
