import type { LogLevel } from '../log.ts';
import type { ClusterId, ProviderName } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { IniEntry, UpstreamCloud } from '../settings/ini.ts';
import type { AnySettingsTable } from '../settings/row.ts';

/** The configuration file, parsed: every default filled in, every reference checked, times in milliseconds. */
export interface Config {
  /** Absent: the UID of the namespace kube-system. */
  readonly clusterId?: ClusterId;
  readonly providers: readonly ProviderEntry[];
  readonly classes: readonly LoadBalancerClass[];
  /** How many load balancers are worked on at the same time. */
  readonly workers: number;
  /** How long node events are gathered before members follow. */
  readonly nodeDebounceMs: number;
  /** How often a load balancer is compared with the cloud although nothing happened; 0 = never. */
  readonly driftCheckMs: number;
  readonly audit: { readonly intervalMs: number; readonly graceMs: number; readonly deleteStrays: boolean };
  readonly leaderElection: { readonly enabled: boolean; readonly namespace: string; readonly name: string };
  readonly serving: { readonly address: string; readonly port: number };
  readonly log: { readonly level: LogLevel };
}

/** One connection to one cloud. */
export interface ProviderEntry {
  readonly name: ProviderName;
  readonly kind: string;
  /** Parsed by the rows of its kind. */
  readonly connection: unknown;
}

/** The kinds of provider there are, and their rows, loaded only for kinds a configuration names. */
export interface ProviderKinds {
  readonly names: readonly string[];
  /** The rows of an entry; those of an external provider depend on its connection, which is as it stands in the file. */
  tables(kind: string, connection: Readonly<Record<string, unknown>>): Promise<ProviderTables>;
  /** How a kind reads upstream's cloud configuration; undefined where upstream has none for it. */
  readonly upstream?: (kind: string) => Promise<((entries: readonly IniEntry[]) => UpstreamCloud) | undefined>;
}

export interface ProviderTables {
  readonly connection: AnySettingsTable;
  readonly settings: AnySettingsTable;
  /** There are more rows, which nobody could be asked about now: what no row knows is left for later. */
  readonly incomplete?: true;
}
