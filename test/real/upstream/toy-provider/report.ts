import { cloudId, listenerId, type ListenerId } from '../../../../src/model/ids.ts';
import type { ListenerReport, Report } from '../../../../src/model/report.ts';
import { isGone, isSpec, type Want } from '../../../../src/model/spec.ts';
import { parseIp } from '../../../../src/net/ip.ts';
import type { Have } from './operation.ts';

/** How it stands. Pure. */
export function report(want: Want<unknown>, { balancer }: Have): Report {
  if (isGone(want)) return { ingress: want.leave === 'everything' ? 'unknown' : [], listeners: [], notices: [] };
  const asked = isSpec(want) ? want.listeners.map(({ id }) => id) : Object.keys(balancer?.listeners ?? {}).map(idOf);
  const listeners = asked.map((id): ListenerReport => ({ id, state: balancer?.listeners[id] === undefined ? 'pending' : 'serving' }));
  const ip = balancer === null ? undefined : parseIp(balancer.address);
  if (balancer === null || ip === undefined) return { ingress: [], listeners, notices: [] };
  return { ingress: [{ ip, ipMode: 'VIP' }], listeners, notices: [], id: cloudId(balancer.id) };
}

function idOf(name: string): ListenerId {
  const [protocol = '', port] = name.split('/');
  return listenerId(protocol === 'UDP' ? 'UDP' : 'TCP', Number(port));
}
