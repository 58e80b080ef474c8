import { parseApprovals } from '../../engine/approval-code.ts';
import { judge } from '../../engine/judge.ts';
import { approveAnnotation } from '../../controller/key-state.ts';
import { heldByOther, noNodes } from '../../controller/complaints.ts';
import { isServed, readRecord, servedBy } from '../../controller/record.ts';
import { goneFor } from '../../controller/service-end.ts';
import { frozenFor, intentOf, keepsMembers } from '../../controller/service-intent.ts';
import { isClassChange } from '../../controller/short-cut.ts';
import { asLbError, LbError } from '../../errors.ts';
import { claimOf, type Claimed } from '../../intent/claim.ts';
import type { Intent } from '../../intent/compile.ts';
import { MemberSets, type NodeSet } from '../../intent/nodes.ts';
import { features, type Capabilities } from '../../model/capabilities.ts';
import { clusterId, type ClusterId, type ProviderName } from '../../model/ids.ts';
import type { LoadBalancerClass } from '../../model/load-balancer-class.ts';
import type { NodeView, ServiceView } from '../../model/service-view.ts';
import { isFrozen, isGone, isSpec } from '../../model/spec.ts';
import { orderSteps } from '../../plan/order.ts';
import type { AnyProvider } from '../../provider.ts';
import type { AnySettingsTable } from '../../settings/row.ts';
import { readClusterId } from '../controller/cluster-id.ts';
import { attempt } from './attempt.ts';
import { readNodes } from './cluster-reads.ts';
import type { Look } from './look.ts';
import { ReadProviders } from './read-providers.ts';
import { retryReads } from './retry-reads.ts';
import type { Surroundings } from './surroundings.ts';

/** A provider made for this command read all it knows within this command: that is as live as need be. */
const maxAgeMs = 30_000;

/** What must be known to observe. */
interface World {
  readonly clusterId: ClusterId;
  readonly provider: AnyProvider;
  readonly nodes: NodeSet;
}

type Ours = Extract<Claimed, { readonly kind: 'ours' }>;

/** Sees Services as the controller would, without changing anything: same intent, same plan, same guard, so same codes. */
export class Looker {
  readonly #surroundings: Surroundings;
  readonly #signal: AbortSignal;
  readonly #providers: ReadProviders;
  #clusterId: Promise<ClusterId> | undefined;
  #nodes: Promise<readonly NodeView[]> | undefined;
  readonly #memberSets = new MemberSets();

  /** @param options `batch`: several Services will be looked at */
  constructor(surroundings: Surroundings, options: { readonly batch: boolean }, signal: AbortSignal) {
    this.#surroundings = surroundings;
    this.#signal = signal;
    this.#providers = new ReadProviders(surroundings, options, signal);
  }

  /** The Nodes there are, read once. @throws LbError */
  nodes(): Promise<readonly NodeView[]> {
    this.#nodes ??= readNodes(this.#surroundings, this.#signal);
    return this.#nodes;
  }

  claim(service: ServiceView): Claimed {
    return claimOf(service, this.#surroundings.config.classes);
  }

  /** Never rejects because of the cloud, the provider or the API server: the look then says why it knows no more. */
  async look(service: ServiceView): Promise<Look> {
    const claim = this.claim(service);
    if (claim.kind !== 'ours') return { ...nothing, service, claim, refusals: claim.kind === 'held' ? [heldByOther(claim.finalizer)] : [] };
    const provider = servedBy(service, claim.class);
    const world = await attempt(this.#world(provider));
    const table = this.#table(claim.class);
    const intent = claim.wanted ? this.#intent(service, claim.class, table, world.value) : undefined;
    const known: Look = {
      ...nothing,
      service,
      claim,
      ...(intent === undefined ? {} : { intent, table }),
      refusals: intent?.kind === 'refused' ? intent.refusals : [],
      notices: intent?.notices ?? [],
    };
    if (world.error !== undefined) return { ...known, error: world.error };
    try {
      return await this.#observe(known, claim, world.value);
    } catch (thrown) {
      return { ...known, error: asLbError(thrown) };
    }
  }

  close(): Promise<void> {
    return this.#providers.close();
  }

  async #observe(known: Look, claim: Ours, world: World): Promise<Look> {
    const want = wantOf(known, claim, world, this.#table(claim.class));
    if (want === undefined) return known;
    const { service } = known;
    const { provider } = world;
    const rules = {
      policy: claim.class.guard,
      approvals: parseApprovals(service.annotations[approveAnnotation]),
      byClass: isSpec(want) && isClassChange(readRecord(service.conditions), want),
    };
    const read = () => provider.observe(want, { maxAgeMs }, this.#providers.context);
    const have = await retryReads(read, this.#surroundings.retry, this.#signal);
    const { plan, held, active, steps, wait } = await judge(provider, want, have, rules);
    const report = await provider.report(active, have);
    const refusals = [...known.refusals, ...plan.refusals];
    const keeps = known.intent !== undefined && keepsMembers(known.intent);
    return {
      ...known,
      refusals,
      held,
      steps: isFrozen(want) ? [] : orderSteps(plan.steps),
      meanwhile: (refusals.length > 0 || held.length > 0) && !keeps ? steps : [],
      ...(wait === undefined ? {} : { wait }),
      notices: [...known.notices, ...report.notices, ...(isGone(want) || want.members.length > 0 ? [] : [noNodes(known.intent?.chosen)])],
      report,
    };
  }

  #id(): Promise<ClusterId> {
    const { config, client, retry } = this.#surroundings;
    this.#clusterId ??=
      config.clusterId === undefined
        ? retryReads(() => readClusterId(client, this.#signal), retry, this.#signal)
        : Promise.resolve(config.clusterId);
    return this.#clusterId;
  }

  /** @throws LbError whatever of it cannot be had */
  async #world(name: ProviderName): Promise<World> {
    const id = await this.#id();
    const provider = await this.#providers.get(name, id);
    return { clusterId: id, provider, nodes: this.#memberSets.of(await this.nodes()) };
  }

  #intent(service: ServiceView, klass: LoadBalancerClass, table: AnySettingsTable, world: World | undefined): Intent<unknown> {
    return intentOf({
      service,
      clusterId: world?.clusterId ?? nowhere,
      class: klass,
      table,
      capabilities: (settings) => world?.provider.capabilities(settings) ?? everything,
      nodes: world?.nodes ?? this.#memberSets.of([]),
    });
  }

  #table({ provider }: LoadBalancerClass) {
    const entry = this.#surroundings.entries.find(({ name }) => name === provider);
    if (entry === undefined) throw new LbError('InvalidConfig', `no provider is named ${provider}`);
    return entry.definition.settings;
  }
}

/** What the controller would ask of the provider; undefined where it is refused and nothing serves. */
function wantOf({ service, intent }: Look, { class: klass }: Ours, { clusterId, nodes }: World, table: AnySettingsTable) {
  if (intent === undefined) return goneFor(service, clusterId, klass, table);
  if (intent.kind === 'spec') return intent.spec;
  return isServed(service, klass.finalizer) ? frozenFor(service, clusterId, intent, nodes) : undefined;
}

const nothing = { refusals: [], held: [], steps: [], meanwhile: [], notices: [] } as const;
/** Where the cluster's id is not known nothing is observed, so nothing is ever compared with this. */
const nowhere = clusterId('unknown');
/** What a provider that did not start lacks is not known; the Service can still be read. */
const everything = Object.fromEntries(features.map((feature) => [feature, true])) as unknown as Capabilities; // one entry per feature
