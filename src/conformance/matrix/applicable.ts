import { parseRows } from '../../settings/parse.ts';
import { readingProvider } from '../owned-things.ts';
import { Rig } from '../rig.ts';
import { hasHook } from '../run-case.ts';
import type { ProviderSimulation, Simulate } from '../simulation.ts';
import type { Scenario } from './scenario.ts';

export interface Applicable {
  readonly told: readonly Scenario[];
  /** One line each: which, and why not. */
  readonly leftOut: readonly string[];
  readonly settleMs: number;
  readonly apiCalls: ProviderSimulation['apiCalls'];
}

/** The scenarios that ask for nothing the provider lacks. */
export async function applicable(scenarios: readonly Scenario[], simulate: Simulate, seed: number): Promise<Applicable> {
  const rig = await Rig.open({ simulate, seed, setup: { start: false } });
  try {
    const lacks = await lacksOf(rig);
    const missing = ({ needs = [], hooks = [] }: Scenario): readonly string[] => [
      ...needs.filter((feature) => lacks.has(feature)).map((feature) => `the provider lacks ${feature}: ${lacks.get(feature)}`),
      ...hooks.filter((hook) => !hasHook(rig.simulation, hook)).map((hook) => `the simulated cloud has no ${hook}`),
    ];
    return {
      told: scenarios.filter((scenario) => missing(scenario).length === 0),
      leftOut: scenarios.flatMap((scenario) => missing(scenario).map((why) => `${scenario.id}: left out, ${why}`)),
      settleMs: rig.simulation.definition.settleMs,
      apiCalls: rig.simulation.apiCalls,
    };
  } finally {
    await rig.close();
  }
}

async function lacksOf(rig: Rig): Promise<ReadonlyMap<string, string>> {
  const provider = await rig.during(readingProvider(rig, rig.cluster().id));
  const { values } = parseRows(rig.simulation.definition.settings, {}, '');
  const said = Object.entries(provider.capabilities(values));
  await rig.during(provider.close());
  return new Map(said.flatMap(([feature, can]) => (can === true ? [] : [[feature, can.lacks] as const])));
}
