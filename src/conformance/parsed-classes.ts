import { classId, providerName } from '../model/ids.ts';
import type { JsonObject } from '../model/json.ts';
import { defaultGuard, finalizerOf, type LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { AnyProviderDefinition } from '../provider.ts';
import { parseRows } from '../settings/parse.ts';
import { portableClassRows } from '../settings/portable.ts';
import type { AnySettingsTable } from '../settings/row.ts';
import type { ClassSetup } from './case.ts';

/** The provider entry of every install; what differs is the connection. */
export const providerUnderTest = providerName('under-test');

/** Classes of a story as a configuration would give them to a controller. @throws LbError where a setting is wrong */
export function parsedClasses({ settings }: AnyProviderDefinition, classes: readonly ClassSetup[]): readonly LoadBalancerClass[] {
  const rows: AnySettingsTable = { ...portableClassRows, ...settings };
  return classes.map((given) => ({
    id: classId(given.id),
    name: given.name ?? `portolan.dev/${given.id}`,
    finalizer: finalizerOf(classId(given.id)),
    default: given.default ?? false,
    provider: providerUnderTest,
    mode: given.mode ?? 'apply',
    settings: parsedSettings(rows, given.settings ?? {}, 'only-said'),
    guard: { ...defaultGuard, ...given.guard },
    handoverMs: given.handoverMs ?? 60_000,
  }));
}

/** Raw settings as a configuration file holds them. @throws LbError where one is wrong */
export function parsedSettings(
  rows: AnySettingsTable,
  raw: JsonObject,
  what: 'with-defaults' | 'only-said',
): Readonly<Record<string, unknown>> {
  const { values, problems } = parseRows(rows, raw, '', what);
  if (problems[0] !== undefined) throw problems[0];
  return values;
}
