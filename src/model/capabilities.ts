import type { JsonObject } from './json.ts';
import type { Marks } from './owner.ts';

/** Everything a Service can ask for that a provider may lack. */
export const features = [
  'tcp',
  'udp',
  'sctp',
  'mixedProtocols',
  'ipv4',
  'ipv6',
  'dualStack',
  'publicScheme',
  'internalScheme',
  'requestedAddress',
  'sourceRanges',
  'clientIpAffinity',
  'localTrafficPolicy',
  'clusterTrafficPolicy',
  'noNodePorts',
  'proxyProtocol',
] as const;
export type Feature = (typeof features)[number];

/** Every feature: `true`, or why not. A feature that is lacked is refused or shown as degraded, never ignored. */
export type Capabilities = Readonly<Record<Feature, true | { readonly lacks: string }>>;

/** One permission a credential needs: shown by preflight, checked one by one. */
export interface Permission {
  readonly action: string;
  readonly why: string;
  readonly mutates: boolean;
}

/** What came of trying a permission without doing what it is for. */
export interface PermissionCheck {
  /** As in `Permission`. */
  readonly action: string;
  /** `unknown`: it cannot be tried; `failed`: it was to be tried, and no answer came. `note` tells why. */
  readonly outcome: 'granted' | 'missing' | 'unknown' | 'failed';
  readonly note?: string;
}

/** One thing in the cloud that carries this cluster's mark, or, where `foreign` is there, one that does not. */
export interface OwnedThing {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** The key in its mark; empty where it carries none. */
  readonly key: string;
  /** Wall time in milliseconds, where the cloud says. */
  readonly createdAt?: number;
  /** True for the thing whose id is in the record (`Report.id`). */
  readonly main: boolean;
  readonly details?: JsonObject;
  /**
   * It stands under a name or in a place we would use and carries these marks: another cluster's, or none. For the audit to
   * list; nobody counts it as ours and nobody touches it.
   */
  readonly foreign?: { readonly marks: Marks };
}
