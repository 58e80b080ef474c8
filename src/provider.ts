/**
 * The provider contract. A provider turns specs of load balancers into things in one cloud; it never sees Kubernetes, and
 * core never asks which provider it has. One pass over one load balancer is:
 *
 *     observe(want) ──► plan(want, have) ──► [guard, core's] ──► apply(step)… ──► observe ──► plan = empty ──► report
 *
 * Create, update and delete are this one path; what differs is the want: a spec, `Frozen` (keep as it stands, members
 * follow), `Gone` (take away, or leave to others) or `ClusterWant`. `plan` and `report` are pure functions of their
 * arguments; everything they need to know is in `have`. `have` and operations are plain JSON: a provider can live in
 * another process, a plan can be printed and compared, and a crash loses nothing that is not read back.
 */
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Capabilities, OwnedThing, Permission, PermissionCheck } from './model/capabilities.ts';
import type { ReachCheckpoint } from './model/checkpoint.ts';
import type { ClusterId, LoadBalancerKey, ProviderName } from './model/ids.ts';
import type { Json, JsonObject } from './model/json.ts';
import type { Plan, Step } from './model/plan.ts';
import type { Report } from './model/report.ts';
import type { Want } from './model/spec.ts';
import type { IniEntry, UpstreamCloud } from './settings/ini.ts';
import type { SettingsTable } from './settings/row.ts';

/** What a provider module exports as `provider`. `C`: its connection, `S`: its settings per load balancer, both parsed from the rows. */
export interface ProviderDefinition<C, S> {
  /** `aws`, `openstack`, `local` …: how configurations name it. */
  readonly kind: string;
  /** Rows of `providers[].connection`. */
  readonly connection: SettingsTable<C>;
  /** Rows of `classes[].settings` and of annotations. */
  readonly settings: SettingsTable<S>;
  /**
   * For how long after a change with an unknown outcome absence is not believed, in milliseconds: no `after-settle`
   * create is repeated and no finalizer goes meanwhile.
   */
  readonly settleMs: number;
  /** True where the load balancers of a cluster share something that is a unit of its own, key `cluster/<provider>`. */
  readonly clusterUnit: boolean;
  /** True where it wants to know on which nodes the endpoints of a Service are. */
  readonly endpointSlices: boolean;
  /** Makes one instance per configured entry. Does nothing else: no call, no file, no socket. */
  create(connection: C, host: ProviderHost): Provider<S, Json, Json>;
}

/** How a kind reads the INI that upstream's cloud-controller-manager for its cloud is given. Pure. */
export type ReadUpstream = (entries: readonly IniEntry[]) => UpstreamCloud;

/** One connection to one cloud. All methods may be called concurrently for different keys, never for the same key. */
export interface Provider<S, Have, Op> {
  /**
   * Called once, before anything else. Probes credentials and versions. `control`: this process leads and may write.
   * `read`: another process may lead; bind and write nothing.
   * @throws LbError; it takes down this provider only, and start is tried again.
   */
  start(mode: 'control' | 'read', ctx: CallContext): Promise<void>;

  /** What it can and cannot do with these settings. Pure. */
  capabilities(settings: S): Capabilities;

  /**
   * Reads what `plan` and `report` need: what is ours, what stands in the way, the surroundings. Reads only, never more
   * than `maxAgeMs` old (0 = live, Infinity = memory will do). After `apply` returned, `observe` with any age shows the
   * write, also where the cloud is eventually consistent; a NotFound or conflict on a write makes the next read fresh.
   * Answers are parsed here: a hostile, missing or null field throws `BadAnswer`; it never looks like absence.
   */
  observe(want: Want<S>, age: { readonly maxAgeMs: number }, ctx: CallContext): Promise<Have>;

  /**
   * What must change. Pure: same arguments, same plan. Empty when nothing must. For `Frozen` only steps with
   * `membersOnly`; for `Gone` never a create.
   */
  plan(want: Want<S>, have: Have): Plan<Op> | Promise<Plan<Op>>;

  /**
   * Carries out ONE step: one mutation of the cloud, after one `ctx.beforeCall()`; it neither retries nor waits.
   * Finding it done already is success.
   * @throws LbError, whose verdict says what next; `in-doubt` where nobody saw the outcome.
   */
  apply(step: Step<Op>, ctx: CallContext): Promise<StepOutcome>;

  /** How the load balancer stands, for status and conditions. Pure. */
  report(want: Want<S>, have: Have): Report | Promise<Report>;

  /**
   * All that carries this cluster's mark, in batched reads: primes the cache at start, feeds the audit. What stands in our
   * places with another mark, or none, may be listed too, as `foreign`.
   */
  inventory(ctx: CallContext): AsyncIterable<OwnedThing>;

  /** "Look again": yields a key, or `all-waiting` where room or rights may have come. Ends when the signal aborts. */
  changes?(signal: AbortSignal): AsyncIterable<LoadBalancerKey | 'all-waiting'>;

  /** What its credential needs. */
  permissions(): readonly Permission[];

  /**
   * Tries them one by one, each once, and changes nothing; also after `start` has failed, which may be for want of one.
   * Absent: nothing can be tried.
   */
  checkPermissions?(ctx: CallContext): AsyncIterable<PermissionCheck>;

  /** What an administrator gives a credential that is for this cluster only, in the cloud's own form. Absent: there is no such form. */
  policy?(): JsonObject;

  /** Why it cannot work now although it has started, for `/readyz`; undefined while it can. Each call says so too. */
  problem?(): string | undefined;

  /** Lets go of everything held: sockets, files, timers. Called once, last. What serves clients elsewhere goes on serving. */
  close(): Promise<void>;
}

/** A provider whose types nobody here knows: all that core ever holds. */
export type AnyProvider = Provider<unknown, Json, Json>;
export type AnyProviderDefinition = ProviderDefinition<unknown, unknown>;

/** What a step made that later steps need. The engine puts each output in place of `{ from, output }`. */
export interface StepOutcome {
  readonly outputs: Readonly<Record<string, string>>;
}

/** What every call gets. */
export interface CallContext {
  /** Aborts when the process stops or the lease is lost. */
  readonly signal: AbortSignal;
  /**
   * Must be awaited once before each mutating request: is the lease valid for longer than the request may take, and is
   * there budget. Foreground work gets tokens first.
   * @throws LbError `LeaseLost`
   */
  beforeCall(): Promise<void>;
  readonly log: Log;
}

/** What a provider is made with. */
export interface ProviderHost {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clusterId: ClusterId;
  /** The name of its entry under `providers:`. */
  readonly name: ProviderName;
  /** For reads outside a pass, which have no `beforeCall`. */
  readonly budget: Budget;
  /** Objects of the API server, for a provider whose cloud is the API server itself. */
  readonly documents: Documents;
  /** To be called around every effect that outlives the process; does nothing outside the kill test. */
  readonly checkpoint: ReachCheckpoint;
}

/** Token bucket of one credential. */
export interface Budget {
  /** Resolves when a call may be made; foreground before background. Rejects when the signal aborts. */
  take(lane: 'foreground' | 'background', signal: AbortSignal): Promise<void>;
}

/** Which objects: `metallb.io/v1beta1 ipaddresspools`. Without a namespace: cluster-scoped. */
export interface DocumentKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** One object, as plain JSON without its metadata. */
export interface Document {
  readonly name: string;
  readonly uid: string;
  /** Opaque; equal means unchanged. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Everything but apiVersion, kind and metadata. */
  readonly body: JsonObject;
}

export type DocumentEvent = { readonly type: 'added' | 'changed' | 'removed'; readonly document: Document } | { readonly type: 'synced' };

/** The API server as a store of documents, with compare-and-swap. */
export interface Documents {
  list(kind: DocumentKind, signal: AbortSignal): Promise<readonly Document[]>;
  get(kind: DocumentKind, name: string, signal: AbortSignal): Promise<Document | undefined>;
  /** @throws LbError `ApiConflict` when the name is taken. */
  create(kind: DocumentKind, document: Pick<Document, 'name' | 'labels' | 'body'>, signal: AbortSignal): Promise<Document>;
  /** @throws LbError `ApiConflict` when it is not at this version any more, `ApiNotFound` when it is gone. */
  replace(kind: DocumentKind, document: Pick<Document, 'name' | 'version' | 'labels' | 'body'>, signal: AbortSignal): Promise<Document>;
  /** Removing what is not there is success. @throws LbError `ApiConflict` when a version is given and it moved on. */
  remove(kind: DocumentKind, name: string, version: string | undefined, signal: AbortSignal): Promise<void>;
  /** All that is there (ending in `synced`), then every change, without gaps; ends when the signal aborts. */
  watch(kind: DocumentKind, signal: AbortSignal): AsyncIterable<DocumentEvent>;
}
