/**
 * A conformance case: a story told to a cluster, and what must be true in it. Cases are plain data, no step is a function:
 * `portolan conformance --list -o json` prints them whole.
 */
import type { Feature } from '../model/capabilities.ts';
import type { Protocol } from '../model/ids.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Disruption } from '../model/plan.ts';
import type { ContractFault } from './contract-faults.ts';
import type { KubeFault } from './kube-faults.ts';
import type { RowId } from './rows/row.ts';
import type { Tampering } from './simulation.ts';

/** The parts of a cloud that a simulation may lack; a case that needs one is not applicable without it. */
export type Hook =
  | 'data-path'
  | 'two-connections'
  | 'smaller-pool'
  | 'plant-foreign'
  | 'plant-stray'
  /** What is published are IP addresses, so that what one Service had another can ask for. */
  | 'published-addresses'
  /** What is published are host names. */
  | 'published-names'
  /** What stands in the place of a load balancer does not keep another from being made. */
  | 'places-to-choose'
  /** TCP and UDP on one port number may have two node ports. */
  | 'node-port-per-protocol'
  | `tamper:${Tampering}`;

export interface ConformanceCase {
  /** `area/story`, for ever: reports and mutants name it. */
  readonly id: string;
  /** One line for people: what is promised. */
  readonly title: string;
  /**
   * Without one of these the case turns into its opposite: what `asks` asks for must be refused visibly, with nothing half
   * made.
   */
  readonly needs?: readonly Feature[];
  /** The smallest story that asks for what `needs` names; absent: the steps up to the first Service. */
  readonly asks?: readonly ActionStep[];
  readonly hooks?: readonly Hook[];
  readonly setup?: Setup;
  readonly steps: readonly CaseStep[];
}

export interface Setup {
  /** Default: two nodes `n1` and `n2`. */
  readonly nodes?: readonly NodeSetup[];
  /** Default: one class `kit`, name `portolan.dev/kit`, taking classless Services. */
  readonly classes?: readonly ClassSetup[];
  readonly driftCheckMs?: number;
  /** Default: off. */
  readonly audit?: { readonly intervalMs: number; readonly graceMs: number; readonly deleteStrays: boolean };
  /** What the provider is made to declare that it lacks. */
  readonly withheld?: readonly Feature[];
  /** Default: the controller runs before the first step. */
  readonly start?: false;
}

export interface NodeSetup {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly JsonObject[];
  readonly unschedulable?: true;
  readonly ready?: false;
  /** Default: that of a machine of the cloud, where it has machines; null: none. */
  readonly providerId?: string | null;
  /** Default: one IPv4 and one IPv6 address of its own. */
  readonly addresses?: readonly JsonObject[];
}

export interface ClassSetup {
  readonly id: string;
  readonly name?: string;
  readonly default?: boolean;
  readonly mode?: 'apply' | 'plan-only';
  readonly settings?: JsonObject;
  readonly guard?: Readonly<Partial<Record<Disruption, 'allow' | 'approve'>>>;
  readonly handoverMs?: number;
}

/** Who acts: `install` names one of several controllers (default `a`), `cluster` one of two Kubernetes clusters (default `one`). */
interface Actor {
  readonly install?: string;
}
interface Place {
  readonly cluster?: 'two';
  /** Default `default`. */
  readonly namespace?: string;
}

export type CaseStep = ActionStep | CheckStep;

export type ActionStep =
  /**
   * A LoadBalancer Service with one TCP port 80, unless the spec says otherwise. `rejected`: the status the API server must
   * answer. A text may hold `{{service@snapshot}}` for an address that Service had then; so may that of a patch.
   */
  | ({
      readonly do: 'create';
      readonly service: string;
      readonly spec?: JsonObject;
      readonly annotations?: Readonly<Record<string, string>>;
      readonly labels?: Readonly<Record<string, string>>;
      readonly finalizers?: readonly string[];
      readonly rejected?: number;
    } & Place)
  /** JSON merge patch. */
  | ({
      readonly do: 'patch';
      readonly service: string;
      readonly patch: JsonObject;
      readonly sub?: 'status';
      readonly rejected?: number;
    } & Place)
  | ({ readonly do: 'delete'; readonly service: string } & Place)
  /** `portolan.dev/approve` with the codes that the Service's conditions show now, the first of them, those shown at a snapshot, or this text. */
  | ({
      readonly do: 'approve';
      readonly service: string;
      readonly code: 'shown' | 'first-shown' | { readonly at: string } | { readonly text: string };
    } & Place)
  | { readonly do: 'add-namespace' | 'delete-namespace'; readonly namespace: string }
  | { readonly do: 'add-nodes'; readonly nodes: readonly NodeSetup[] }
  | { readonly do: 'patch-node'; readonly node: string; readonly patch: JsonObject; readonly sub?: 'status' }
  | { readonly do: 'delete-node'; readonly node: string }
  /** `done`: until whatever was asked is done, which takes longer in a cloud where load balancers do not serve at once. */
  | { readonly do: 'rest'; readonly ms: number; readonly done?: true }
  | ({ readonly do: 'start' | 'stop' } & Actor)
  /** `kill -9` of every controller. */
  | { readonly do: 'crash' }
  /** A further controller: its own classes, Lease and provider connection, in this cluster or another. It is not started. */
  | {
      readonly do: 'install';
      readonly install: string;
      readonly cluster?: 'two';
      readonly clusterId?: string;
      readonly classes: readonly ClassSetup[];
      /** Uses the same connection to the cloud as install `a` instead of one of its own. */
      readonly sameConnection?: true;
    }
  | ({ readonly do: 'reload'; readonly classes: readonly ClassSetup[]; readonly driftCheckMs?: number } & Actor)
  /** Its configuration names a smaller pool of addresses, which lacks the first of them; it is read by the next start. */
  | ({ readonly do: 'shrink-pool' } & Actor)
  /** What goes wrong between controller and provider from now on. */
  | ({ readonly do: 'fault'; readonly fault: ContractFault } & Actor)
  | ({ readonly do: 'no-faults' } & Actor)
  /** What goes wrong between a controller and its API server from now on. */
  | ({ readonly do: 'api-fault'; readonly fault: KubeFault } & Actor)
  | ({ readonly do: 'no-api-faults' } & Actor)
  | { readonly do: 'api-watches'; readonly what: 'drop' | 'expire' | 'freeze' | 'thaw' }
  | { readonly do: 'tamper'; readonly what: Tampering; readonly service: string }
  /** Something that only this provider's cloud knows, to the load balancer of a Service or beside it. */
  | { readonly do: 'happen'; readonly what: string; readonly service: string; readonly given?: JsonObject }
  /** Something that carries this cluster's mark and a key that no Service has, under a name for checks. */
  | { readonly do: 'plant-stray'; readonly as: string }
  | { readonly do: 'plant-foreign'; readonly what: 'other-cluster' | 'in-the-way'; readonly like: string }
  /** Remembers the moment under a name, for checks that compare with it. */
  | { readonly do: 'snapshot'; readonly name: string }
  /** Nodes answer on these ports of the data path from now on: all node ports of all Services, with this many endpoints per node. */
  | { readonly do: 'endpoints'; readonly service: string; readonly nodes: Readonly<Record<string, number>> };

/** A sentence about the cluster or the cloud that must be true now, and the rows of the contract that say so. */
export type CheckStep = { readonly rows: readonly RowId[]; readonly why?: string } & Check;

export type Check =
  | ({
      readonly check: 'condition';
      readonly service: string;
      /** Without `portolan.dev/`, or a whole foreign type. */
      readonly type: string;
      readonly status?: 'True' | 'False' | 'Unknown' | 'absent';
      readonly reason?: string;
      /** It may be False as well, for this reason. */
      readonly unless?: string;
      readonly mentions?: readonly string[];
      /** Status, reason and message equal to what they were at this snapshot. */
      readonly same?: string;
    } & Place)
  | ({
      readonly check: 'ingress';
      readonly service: string;
      /** How many entries. */
      readonly count?: number;
      /** Equal to what it was at this snapshot. */
      readonly same?: string;
      readonly differs?: string;
      /** Whose ingress `same` and `differs` mean; absent: its own. */
      readonly of?: string;
      readonly addresses?: readonly string[];
      /** Of the addresses, in this order; host names, which have no order, are looked up. */
      readonly families?: readonly ('IPv4' | 'IPv6')[];
      /** A host name may lead to further families: there are clouds where a load balancer always has IPv4. */
      readonly orMore?: true;
      /** Each is an IP address with a mode, or, in a cloud that has them, a host name without one. */
      readonly wellFormed?: true;
      /** Of each IP address. A host name keeps kube-proxy away as `Proxy` does (contract F8). */
      readonly mode?: 'VIP' | 'Proxy';
      /** What each says of the ports. */
      readonly ports?: readonly JsonObject[];
    } & Place)
  /** Any place of the Service object, by JSON pointer. */
  | ({
      readonly check: 'object';
      readonly service: string;
      readonly at: string;
      readonly equals?: Json;
      readonly absent?: true;
      /** A regular expression over a text. */
      readonly matches?: string;
      readonly same?: string;
    } & Place)
  | ({ readonly check: 'finalizer'; readonly service: string; readonly class?: string; readonly present: boolean } & Place)
  | ({ readonly check: 'object-gone'; readonly service: string; readonly gone: boolean } & Place)
  /** Reasons of the Service's events, since a snapshot where one is named. */
  | ({
      readonly check: 'events';
      readonly service: string;
      readonly since?: string;
      readonly has?: readonly string[];
      readonly hasNot?: readonly string[];
      readonly exactly?: readonly string[];
      /** A regular expression that the message of one of `has` must match. */
      readonly message?: string;
    } & Place)
  /** No write to it, no event about it and no call to the provider for it since the snapshot (default: since the beginning). */
  | ({ readonly check: 'left-alone'; readonly service: string; readonly since?: string } & Place)
  /** These things were done for the Service since the snapshot (default: ever), all of each before the next; of looks only the first counts. */
  | ({ readonly check: 'order'; readonly service: string; readonly since?: string; readonly of: readonly Deed[] } & Place)
  /** How the Service was written since the snapshot: each time by a patch of its status whose body has nothing at these places. */
  | ({
      readonly check: 'patches';
      readonly service: string;
      readonly since?: string;
      readonly atLeast?: number;
      readonly without?: readonly string[];
    } & Place)
  /** Writes to the API server since the snapshot, but for Leases and events. */
  | { readonly check: 'api-writes'; readonly since: string; readonly atMost: number; readonly path?: string }
  /** Calls to the provider since the snapshot, but for looks at what the cluster shares: those come with starts, drift checks and nodes. */
  | {
      readonly check: 'calls';
      readonly since: string;
      readonly verb: 'observe' | 'apply' | 'inventory' | 'any';
      readonly atMost?: number;
      readonly atLeast?: number;
      readonly service?: string;
      readonly where?: StepFilter;
      /** Only looks that memory will not do for. */
      readonly live?: true;
      /** Those of one moment count once. */
      readonly tries?: true;
      readonly install?: string;
    }
  /** Since the snapshot each change of the cloud was a step of the plan before it, and each was made once. */
  | { readonly check: 'as-planned'; readonly service: string; readonly since: string }
  /** A place in what the provider was last asked for (`LoadBalancerSpec`, `Frozen` or `Gone`), by JSON pointer. */
  | ({
      readonly check: 'want';
      readonly service: string;
      readonly at: string;
      readonly equals?: Json;
      readonly absent?: true;
    } & Place)
  /** A place, by JSON pointer, in what the cloud has for a Service: a view that each simulation has its own form of. */
  | ({
      readonly check: 'cloud';
      readonly service: string;
      readonly at: string;
      readonly equals?: Json;
      readonly absent?: true;
      /** A regular expression over a text. */
      readonly matches?: string;
    } & Place)
  /** Names of the members the provider was last asked for. */
  | ({ readonly check: 'members'; readonly service: string; readonly nodes: readonly string[] } & Place)
  /** Things in the cloud that carry the Service's key and this cluster's mark, by inventory. */
  | ({
      readonly check: 'owned';
      readonly service: string;
      readonly count?: number;
      readonly main?: number;
      readonly none?: true;
      /** Same ids as at this snapshot; where the Service has other ports now, of the main things: what hangs on a port goes with it. */
      readonly same?: string;
    } & Place)
  /** All things of this cluster. */
  | { readonly check: 'owned-in-all'; readonly main: number }
  /** Whether the stray of this name is there. */
  | { readonly check: 'stray'; readonly as: string; readonly exists: boolean }
  /** Nothing foreign that was planted was changed or removed. */
  | { readonly check: 'foreign-untouched' }
  /** What the provider says now: each listener serving, and a plan without step and wait. */
  | ({ readonly check: 'settled'; readonly service: string } & Place)
  /** The last plan for the Service held steps like this one. */
  | ({ readonly check: 'planned'; readonly service: string; readonly where: StepFilter; readonly count?: number } & Place)
  | {
      readonly check: 'traffic';
      readonly service: string;
      readonly port: number;
      readonly protocol?: Protocol;
      readonly from?: string;
      readonly family?: 'IPv4' | 'IPv6';
      readonly expect: 'answered' | 'not-answered';
      /** Who answers, over several requests: exactly these nodes. */
      readonly by?: readonly string[];
      /** All of several requests go to one node. */
      readonly sticks?: boolean;
      readonly proxied?: 1 | 2 | 'no';
    }
  /** A metric of the controller, by its line without labels or with them; the sum of matching lines. */
  | {
      readonly check: 'metric';
      readonly name: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly atLeast?: number;
      readonly atMost?: number;
      /** How many things carry this cluster's mark: those of a Service that is there and of the cluster itself, or all others. */
      readonly equals?: 'things-owned' | 'things-stray';
    };

/** Something a controller does for a Service, as others can see it. An event by its reason. */
export type Deed = 'observe' | 'apply' | 'finalizer-on' | 'finalizer-off' | 'address-on' | 'address-off' | { readonly event: string };

export interface StepFilter {
  readonly verb?: 'create' | 'update' | 'delete';
  readonly membersOnly?: boolean;
  readonly disruption?: Disruption;
}
