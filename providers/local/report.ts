import type { ListenerId } from '../../src/model/ids.ts';
import type { Ingress } from '../../src/model/ingress.ts';
import type { ListenerReport, Notice, Report } from '../../src/model/report.ts';
import { isGone, isSpec, type Want } from '../../src/model/spec.ts';
import { choose, isPublished } from './choose.ts';
import type { Have, Observed } from './observe.ts';
import type { Settings } from './settings.ts';

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
    // kube-proxy must send everything here, also from inside of the cluster: the listener is where source ranges hold (contract F7).
    ingress: record.addresses.map((ip): Ingress => ({ ip, ipMode: 'Proxy' })),
    listeners: ids.map((id) => listenerReport(record, id)),
    ...(record.live === undefined ? {} : { members: record.live.members }),
    notices: healthNotices(record),
    id: record.id,
  };
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

function healthNotices({ live }: Observed): readonly Notice[] {
  const deserted = live?.listeners.filter((listener) => listener.deserted).map(({ id }) => id) ?? [];
  if (deserted.length === 0) return [];
  return [{ reason: 'NoHealthyMember', text: `no node is healthy for ${deserted.join(', ')}`, kind: 'health' }];
}
