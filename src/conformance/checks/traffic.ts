import { familyOf, parseIp } from '../../net/ip.ts';
import type { Check } from '../case.ts';
import type { Rig } from '../rig.ts';
import type { TrafficAnswer } from '../simulation.ts';
import { clientsAddresses } from './ingress-form.ts';
import { viewOf, type Seen } from './service-checks.ts';

/** Enough requests that each of a few nodes is met, and that luck does not pass for stickiness. */
const requests = 12;

/** Requests of a client to the published address. */
export async function traffic(rig: Rig, check: Extract<Check, { readonly check: 'traffic' }>): Promise<Seen> {
  const { dataPath } = rig.simulation;
  if (dataPath === undefined) throw new Error('the simulation has no data path');
  const { service, port, protocol = 'TCP', family, expect, by, sticks, proxied } = check;
  const from = check.from === undefined ? undefined : parseIp(check.from);
  const addresses = (viewOf(rig, { service })?.ingress ?? []).flatMap((entry) => clientsAddresses(rig.simulation, entry));
  const to = family === undefined ? addresses[0] : addresses.find((address) => familyOf(address) === family);
  if (to === undefined) return `there is no ${family ?? ''} address to ask`;
  const answers: TrafficAnswer[] = [];
  for (let left = requests; left > 0; left--) answers.push(await rig.during(dataPath.request(from, to, port, protocol)));
  const seen = `answers are [${[...new Set(answers.map(textOf))].join(', ')}]`;
  const served = answers.filter((answer) => typeof answer === 'object');
  if (served.length !== (expect === 'answered' ? requests : 0)) return seen;
  const nodes = [...new Set(served.map(({ node }) => node))].sort();
  if (by !== undefined && nodes.join() !== [...by].sort().join()) return seen;
  if (sticks !== undefined && (nodes.length === 1) !== sticks) return seen;
  if (proxied === undefined) return undefined;
  const good = served.every((answer) =>
    proxied === 'no'
      ? answer.proxied === undefined
      : answer.proxied?.version === proxied && (from === undefined || answer.proxied.client === from),
  );
  return good ? undefined : seen;
}

function textOf(answer: TrafficAnswer): string {
  if (typeof answer === 'string') return answer;
  return answer.proxied === undefined ? answer.node : `${answer.node} (PROXY v${answer.proxied.version} ${answer.proxied.client})`;
}
