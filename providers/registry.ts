import type { Clock } from '../src/clock.ts';
import type { ConformanceCase } from '../src/conformance/case.ts';
import type { ProviderSimulation, Simulate } from '../src/conformance/simulation.ts';
import type { Log } from '../src/log.ts';
import type { AnyProviderDefinition, ReadUpstream } from '../src/provider.ts';

/** How a kind of provider is found: loaded only when a configuration names it, because a cloud's SDK is large. */
export interface ProviderEntry {
  load(): Promise<{ readonly provider: AnyProviderDefinition }>;
  /**
   * The definition where it depends on the connection, whose rows so far are those of `load`: a program is asked what it is.
   * @throws LbError why it cannot be known now
   */
  readonly describe?: (connection: Readonly<Record<string, unknown>>, surroundings: DescribeSurroundings) => Promise<AnyProviderDefinition>;
  /** How it reads the INI that upstream's cloud-controller-manager for this cloud is given; absent where there is none. */
  readonly upstream?: () => Promise<ReadUpstream>;
  /** The same provider on a cloud in memory; absent where there is none. */
  readonly simulate?: Simulate;
  /** Cases of the kit for this kind only, which look at that cloud. */
  readonly cases?: () => Promise<readonly ConformanceCase[]>;
  /** The same provider on a real cloud of its own that it may use as it likes; absent where there is none. */
  readonly real?: (clock: Clock) => Promise<ProviderSimulation>;
}

/** What a program is asked with. */
export interface DescribeSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** The environment it inherits. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Every kind there is. A new one is one line here. */
export const providers: Readonly<Record<string, ProviderEntry>> = {
  aws: {
    load: () => import('./aws/index.ts'),
    upstream: async () => (await import('./aws/index.ts')).cloudOfIni,
    simulate: async (clock, wrap) => new (await import('./aws/simulator/amazon-simulation.ts')).AmazonSimulation(clock, wrap),
    cases: async () => (await import('./aws/simulator/own-cases.ts')).ownCases,
  },
  external: {
    load: () => import('./external/index.ts'),
    describe: async (connection, surroundings) => (await import('./external/index.ts')).describe(connection, surroundings),
  },
  local: {
    load: () => import('./local/index.ts'),
    simulate: async (clock, wrap) => new (await import('./local/simulator/local-simulator.ts')).LocalSimulator(clock, wrap),
    real: async () => (await import('./local/simulator/machine-simulation.ts')).MachineSimulation.begin(),
  },
};

/**
 * A provider in another process on a cloud of its own.
 * @throws LbError `InvalidFlag` where it offers none, else why the command is no provider
 */
export async function simulateCommand(command: readonly string[], _clock: Clock): Promise<ProviderSimulation> {
  return await (await import('./external/simulator/simulate-command.ts')).simulateCommand(command);
}

/** What `kind:` may be in a configuration, sorted. */
export const providerKinds: readonly string[] = Object.keys(providers).sort();
