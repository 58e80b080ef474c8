import type { Check } from '../case.ts';
import { keyOf } from '../cluster.ts';
import type { Rig } from '../rig.ts';
import { ownedThings } from '../owned-things.ts';
import type { Seen } from './service-checks.ts';

/** The sum of all lines of a metric that carry these labels. */
export async function metric(rig: Rig, check: Extract<Check, { readonly check: 'metric' }>): Promise<Seen> {
  const { name, labels = {}, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = check;
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const lines = (await rig.install().metrics.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => wanted.every((label) => line.includes(label)));
  let sum = 0;
  for (const line of lines) sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  const seen = `${name} is ${lines.length === 0 ? 'absent' : sum}`;
  if (lines.length === 0 || sum < atLeast || sum > atMost) return seen;
  if (check.equals === undefined) return undefined;
  const keys = new Set<string>(rig.cluster().services().map(keyOf));
  const isOwned = (key: string): boolean => keys.has(key) || key.startsWith('cluster/');
  const things = (await ownedThings(rig)).filter(({ key }) => isOwned(key) === (check.equals === 'things-owned')).length;
  return sum === things ? undefined : `${seen}, and there are ${things}`;
}
