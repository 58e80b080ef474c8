import { canonicalJson } from '../../src/model/digest.ts';
import { features, type Capabilities } from '../../src/model/capabilities.ts';
import type { CapabilityRule } from './door/description-door.ts';

/** What the provider can do with these settings, by the rule it gave. Of two reasons for a lack the first rule's counts. */
export function capabilitiesBy({ features: table, unless }: CapabilityRule, settings: unknown): Capabilities {
  const values = new Map(Object.entries(settings ?? {}));
  const rules = unless.filter(({ setting, is }) => is.some((value) => canonicalJson(value) === canonicalJson(values.get(setting) ?? null)));
  if (rules.length === 0) return table;
  const entries = features.map((feature) => {
    const lacks = rules.flatMap((rule) => rule.lacks[feature] ?? [])[0];
    return [feature, table[feature] === true && lacks !== undefined ? { lacks } : table[feature]] as const;
  });
  return Object.fromEntries(entries) as Capabilities; // one entry per feature
}
