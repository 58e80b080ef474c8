import type { ExitCode } from '../../src/commands/io.ts';
import type { Surroundings } from '../../src/commands/look/surroundings.ts';
import { runPlan, type PlanFlags } from '../../src/commands/plan.ts';
import type { AnyProvider, AnyProviderDefinition } from '../../src/provider.ts';
import type { MemoryCloud } from '../fixtures/memory-cloud.ts';
import { memoryProvider } from '../fixtures/memory-provider.ts';
import type { World } from '../scenarios/world.ts';
import { ranWith, surroundingsOf, type Ran } from './command-run.ts';

/** What a test reads of one Service in the JSON answer. */
export interface PlanRow {
  readonly service: string;
  readonly outcome: string;
  readonly class?: string;
  readonly provider?: string;
  readonly steps?: readonly { readonly id: string; readonly verb: string; readonly summary: string }[];
  readonly meanwhile?: readonly { readonly summary: string }[];
  readonly held?: readonly { readonly code: string; readonly reason: string }[];
  readonly refusals?: readonly { readonly reason: string; readonly field?: string }[];
  readonly error?: { readonly reason: string; readonly text: string };
}

export interface PlanHow {
  readonly flags?: Partial<PlanFlags>;
  readonly around?: Partial<Surroundings>;
  /** What the toy provider does otherwise. */
  readonly provider?: Partial<AnyProvider>;
  readonly colour?: boolean;
}

/** The toy provider, of which some methods do otherwise. */
export function toyWith(cloud: MemoryCloud, patch: Partial<AnyProvider>): AnyProviderDefinition {
  const toy = memoryProvider(cloud);
  return {
    ...(toy as AnyProviderDefinition), // what core holds of any provider
    create: (_connection, host) => ({ ...toy.create({}, host), ...patch }),
  };
}

/** `portolan plan` over a world with one toy provider. */
export const planOver = (world: World, cloud: MemoryCloud, names: readonly string[], how: PlanHow = {}): Promise<Ran> =>
  ranWith(
    (io) =>
      runPlan(names, { output: 'text', ...how.flags }, io, surroundingsOf(world, { toy: toyWith(cloud, how.provider ?? {}) }, how.around)),
    how.colour,
  );

/** The same, as data. */
export async function plannedOver(
  world: World,
  cloud: MemoryCloud,
  names: readonly string[],
  how: PlanHow = {},
): Promise<{ readonly code: ExitCode; readonly services: readonly PlanRow[] }> {
  const { code, out } = await planOver(world, cloud, names, { ...how, flags: { ...how.flags, output: 'json' } });
  const { services } = JSON.parse(out) as { services: readonly PlanRow[] }; // printed by the command under test
  return { code, services };
}

/** A controller has served the Service and is gone, so that nothing moves by itself. */
export async function served(world: World, cloud: MemoryCloud, name = 'web'): Promise<void> {
  await world.start();
  await world.createService(name);
  await world.rest();
  await world.stop();
  cloud.calls.length = 0;
  world.api.clearLog();
}
