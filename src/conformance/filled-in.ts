import { addressOfIngress, type Ingress } from '../model/ingress.ts';
import type { Json } from '../model/json.ts';
import { familyOf, parseIp } from '../net/ip.ts';
import { valueAt } from './json-pointer.ts';
import type { Rig } from './rig.ts';

/** `{{web@before}}`, `{{web@before/IPv6}}`. */
const placeholder = /\{\{([^@}]+)@([^/}]+)(?:\/(IPv4|IPv6))?\}\}/g;

/**
 * A value of a story with addresses in the place of its placeholders: `{{service@snapshot}}` is the first address that this
 * Service of the first cluster's default namespace had at the snapshot, `{{service@snapshot/IPv6}}` the first of a family.
 * So stories ask for addresses of a range that only the provider knows.
 * @throws Error where there was no such address.
 */
export function filledIn<T extends Json>(rig: Rig, value: T): T {
  return filled(rig, value) as T; // texts stay texts, and nothing else changes
}

function filled(rig: Rig, value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return value.replace(placeholder, (_, service, at, family) => addressAt(rig, service, at, family));
  if (Array.isArray(value)) return value.map((item: Json) => filled(rig, item) ?? null);
  if (value === undefined || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => named(key, inner, filled(rig, inner))));
}

/** An entry of a status that says which `ip` a Service had says its `hostname` where it had one. */
function named(key: string, asked: Json | undefined, value: Json | undefined): readonly [string, Json | undefined] {
  const isName = key === 'ip' && asked !== value && typeof value === 'string' && parseIp(value) === undefined;
  return [isName ? 'hostname' : key, value];
}

function addressAt(rig: Rig, service: string, at: string, family: string | undefined): string {
  const object = rig.snapshots.get(at)?.services.get(`one/default/${service}`);
  const entries = (valueAt(object, '/status/loadBalancer/ingress') ?? []) as unknown as readonly Ingress[]; // as the API server stores them
  const found = entries.find(({ ip }) => family === undefined || (ip !== undefined && familyOf(ip) === family));
  if (found === undefined) throw new Error(`${service} had no ${family ?? ''} address at ${at}`);
  return addressOfIngress(found);
}
