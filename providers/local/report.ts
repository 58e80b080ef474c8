import type { ListenerId } from '../../src/model/ids.ts';
import type { Ingress } from '../../src/model/ingress.ts';
import type { ListenerReport, Notice, Report } from '../../src/model/report.ts';
import { isGone, isSpec, type LoadBalancerSpec, type Want } from '../../src/model/spec.ts';
import { familyOf } from '../../src/net/ip.ts';
import { problemOf } from './address-steps.ts';
import { addressFor, choose, isPublished, lacks } from './choose.ts';
import type { Have, Observed, Place } from './observe.ts';
import { proxyVersions, type Settings } from './settings.ts';

/** How the load balancer stands. Pure. */
export function reported(want: Want<Settings>, have: Have): Report {
  const record = shown(want, have.loadBalancers);
  if (isGone(want)) return { ingress: want.leave === 'everything' ? 'unknown' : [], listeners: [], notices: [] };
  if (record === undefined) {
    const pending = isSpec(want) ? want.listeners.map(({ id }): ListenerReport => ({ id, state: 'pending' })) : [];
    return { ingress: have.loadBalancers.length === 0 ? [] : 'unknown', listeners: pending, notices: [] };
  }
  const ids = isSpec(want) ? want.listeners.map(({ id }) => id) : record.listeners.map(({ id }) => id);
  return {
    ingress: ingressOf(want, record),
    listeners: ids.map((id) => listenerReport(record, id)),
    ...(record.live === undefined ? {} : { members: record.live.members }),
    notices: [...(isSpec(want) ? specNotices(want, record, have.place) : []), ...reachNotices(record), ...healthNotices(record)],
    id: record.id,
  };
}

/**
 * One address per family, in the order of the want. kube-proxy must send everything here, also from inside of the cluster:
 * the listener is where source ranges hold, and where the PROXY header is sent (contract F7).
 */
function ingressOf(want: Want<Settings>, record: Observed): Report['ingress'] {
  const addresses = isSpec(want) ? want.addresses.flatMap((wish) => addressFor(want, wish, record) ?? []) : record.addresses;
  // A frozen one has two of a family while an address changes, and only status knows which of them is in use.
  if (new Set(addresses.map(familyOf)).size < addresses.length) return 'unknown';
  return addresses.map((ip): Ingress => ({ ip, ipMode: 'Proxy' }));
}

/**
 * The one clients should use: the one that fits, or, while a change waits for approval, the one they use now. Undefined
 * where a frozen load balancer has two and only status knows which.
 */
function shown(want: Want<Settings>, own: readonly Observed[]): Observed | undefined {
  if (isSpec(want)) return choose(want, own).kept ?? own.find((record) => isPublished(want, record)) ?? own[0];
  return own.length === 1 ? own[0] : undefined;
}

function listenerReport(record: Observed, id: ListenerId): ListenerReport {
  if (!record.listeners.some((listener) => listener.id === id)) return { id, state: 'pending' };
  if (record.live === undefined)
    return { id, state: 'pending', text: 'only the process that holds the state file knows whether it listens' };
  const live = record.live.listeners.find((listener) => listener.id === id);
  if (live === undefined) return { id, state: 'pending' };
  const { state, reason, text } = live;
  return { id, state, ...(reason === undefined ? {} : { reason }), ...(text === undefined ? {} : { text }) };
}

/** What is wanted, could be left out, and is left out. */
function specNotices(want: LoadBalancerSpec<Settings>, record: Observed, place: Place | undefined): readonly Notice[] {
  const missing = want.addresses.flatMap((wish) => (place === undefined || !lacks(record, wish) ? [] : (problemOf(wish, place) ?? [])));
  const notices = missing.map(
    ({ reason, text, field }): Notice => ({ reason, text, kind: 'service', ...(field === undefined ? {} : { field }) }),
  );
  const udp = want.listeners.filter(({ protocol }) => protocol === 'UDP').map(({ id }) => id);
  if (udp.length === 0 || proxyVersions[want.settings.proxyProtocol] === undefined) return notices;
  // Said by the class for all its Services, it is no complaint about this one.
  const kind = want.explicit.some((name) => name === 'proxyProtocol') ? 'service' : 'info';
  const text = `${udp.join(', ')}: served without a PROXY header, which is sent on TCP only`;
  return [...notices, { reason: 'SettingWithoutEffect', text, kind }];
}

/** A node without an address of a family is no backend there (contract J5); where none has one, nothing answers. */
function reachNotices({ live, addresses }: Observed): readonly Notice[] {
  return (live?.unreachable ?? []).map((family): Notice => {
    const own = addresses.filter((address) => familyOf(address) === family).join(', ');
    return { reason: 'NoNodes', text: `no node has an ${family} address, so nothing answers on ${own}`, kind: 'service' };
  });
}

function healthNotices({ live }: Observed): readonly Notice[] {
  const deserted = live?.listeners.filter((listener) => listener.deserted).map(({ id }) => id) ?? [];
  if (deserted.length === 0) return [];
  return [{ reason: 'NoHealthyMember', text: `no node is healthy for ${deserted.join(', ')}`, kind: 'health' }];
}
