import type { Reason } from '../reasons.ts';
import type { CloudId, FieldPath, ListenerId } from './ids.ts';
import type { Ingress } from './ingress.ts';

/** What a provider says of a load balancer as it stands. Pure data, computed from what was observed. */
export interface Report {
  /** In the order of spec.addresses. `unknown` keeps what status says. */
  readonly ingress: readonly Ingress[] | 'unknown';
  readonly listeners: readonly ListenerReport[];
  readonly members?: { readonly healthy: number; readonly total: number };
  readonly notices: readonly Notice[];
  /** The main thing's id, by which the inventory lists it; absent before it exists. */
  readonly id?: CloudId;
}

export interface ListenerReport {
  readonly id: ListenerId;
  readonly state: 'serving' | 'pending' | 'failed';
  /** Must be there when failed. */
  readonly reason?: Reason;
  /** One line for the user. */
  readonly text?: string;
}

/** Something the user should know although the Service is served. */
export interface Notice {
  readonly reason: Reason;
  readonly text: string;
  readonly field?: FieldPath;
  readonly remedy?: string;
  /** `health` shows after 60 s and goes after 60 s; `service` at once; `info` is an event or a log line, never a condition. */
  readonly kind: 'health' | 'service' | 'info';
}
