import { canonicalJson } from './digest.ts';
import type { IpAddress } from '../net/ip.ts';
import type { Protocol } from './ids.ts';

/** One entry of `status.loadBalancer.ingress`: an address or a host name, never both. */
export interface Ingress {
  readonly ip?: IpAddress;
  readonly hostname?: string;
  /** Only with `ip`; absent means `VIP`, as the API server fills it in. */
  readonly ipMode?: 'VIP' | 'Proxy';
  readonly ports?: readonly PortStatus[];
}

/** One entry per Service port; `error` is CamelCase or `domain/CamelCase`, absent where the port is served. */
export interface PortStatus {
  readonly port: number;
  readonly protocol: Protocol;
  readonly error?: string;
}

/** What clients see of an entry: its address or host name. */
export const addressOfIngress = (ingress: Ingress): string => ingress.ip ?? ingress.hostname ?? '';

/** Equality as users mean it: order counts, `ipMode` absent = VIP, no ports = empty ports. */
export function sameIngress(a: readonly Ingress[], b: readonly Ingress[]): boolean {
  return canonicalJson(a.map(normalized)) === canonicalJson(b.map(normalized));
}

/** An entry with everything said that is otherwise implied. */
export function normalized(ingress: Ingress): Ingress {
  return { ...ingress, ...(ingress.ip === undefined ? {} : { ipMode: ingress.ipMode ?? 'VIP' }), ports: ingress.ports ?? [] };
}
