import { LbError } from '../../src/errors.ts';
import type { Capabilities, OwnedThing, Permission, PermissionCheck } from '../../src/model/capabilities.ts';
import { clusterUnit, type LoadBalancerKey } from '../../src/model/ids.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { keyMark, type Owner } from '../../src/model/owner.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import type { Want } from '../../src/model/spec.ts';
import { ChangeFeed } from '../../src/plan/change-feed.ts';
import type { CallContext, Provider, ProviderHost, StepOutcome } from '../../src/provider.ts';
import type { Amazon } from './api/amazon.ts';
import { iamPolicy } from './api/iam-policy.ts';
import { limitedEc2 } from './api/limited-ec2.ts';
import { limitedElb } from './api/limited-elb.ts';
import { ApiLimiter } from './api/limiter.ts';
import { permissions } from './api/permissions.ts';
import { applied, type ApplyParts } from './apply.ts';
import { capabilities } from './capabilities.ts';
import { backendGroupName } from './names.ts';
import type { Have } from './observe/have.ts';
import { Instances } from './observe/instances.ts';
import { emptyMemory } from './observe/memory.ts';
import { Network } from './observe/network.ts';
import { NodeGroups } from './observe/node-groups.ts';
import { Provisioning } from './observe/provisioning.ts';
import { Reader } from './observe/reader.ts';
import type { Operation } from './operation.ts';
import { ownedRules, ownedThings } from './owned-things.ts';
import { checkedPermissions, partitionOf } from './permission-checks.ts';
import { planned } from './plan/plan.ts';
import { reported } from './report.ts';
import { parsePortRange } from './settings/port-range.ts';
import type { Connection, Settings } from './settings/settings.ts';

/** For how long Amazon may not show what was done. */
export const settleMs = 30_000;

/** What it has once it has started. */
interface Running extends ApplyParts {
  readonly amazon: Amazon;
  readonly reader: Reader;
  readonly provisioning: Provisioning;
}

/** Network load balancers of one region. Each method is one call into the file that does the work. */
export class AwsProvider implements Provider<Settings, Have, Operation> {
  readonly #connection: Connection;
  readonly #host: ProviderHost;
  readonly #connect: () => Promise<Amazon>;
  readonly #unit: Owner;
  readonly #nodePorts: readonly [first: number, last: number];
  readonly #feed: ChangeFeed<LoadBalancerKey | 'all-waiting'>;
  /** Ends the reads that many wait for. */
  readonly #life = new AbortController();
  #running: Running | undefined;

  /** @throws LbError InvalidConfig */
  constructor(connection: Connection, host: ProviderHost, connect: () => Promise<Amazon>) {
    this.#connection = connection;
    this.#host = host;
    this.#connect = connect;
    this.#unit = { clusterId: host.clusterId, key: clusterUnit(host.name), services: [] };
    this.#nodePorts = parsePortRange(connection.nodePortRange);
    this.#feed = new ChangeFeed(host.clock);
  }

  /** Asks for the network, which every load balancer needs: a wrong region, VPC or credential shows here. */
  async start(_mode: 'control' | 'read', _ctx: CallContext): Promise<void> {
    this.#running ??= this.#open(await this.#connect());
    const { vpcId, region } = this.#connection;
    // Without a VPC, whose nodes will tell, any answer shows that the credential is good.
    if (vpcId === undefined) return await this.#running.memory.inventory.balancing(Number.POSITIVE_INFINITY);
    const { subnets } = await this.#running.network.around();
    if (subnets.length > 0) return;
    const text = `there is no VPC ${vpcId} with subnets in ${region}`;
    throw new LbError('InvalidConfig', text, { field: 'connection.vpcId', remedy: 'Correct connection.vpcId or connection.region.' });
  }

  capabilities(_settings: Settings): Capabilities {
    return capabilities;
  }

  async observe(want: Want<Settings>, { maxAgeMs }: { readonly maxAgeMs: number }, ctx: CallContext): Promise<Have> {
    const { reader, provisioning } = this.#started();
    const have = await reader.observe(want, maxAgeMs, ctx.signal);
    provisioning.watch();
    return have;
  }

  plan(want: Want<Settings>, have: Have): Plan<Operation> {
    const { clusterId, name } = this.#host;
    const vpcId = this.#running?.network.vpcId;
    return planned(want, have, {
      connection: this.#connection,
      unitKey: this.#unit.key,
      unit: { name: backendGroupName(clusterId, name), vpcId, nodePorts: this.#nodePorts },
    });
  }

  async apply(step: Step<Operation>, ctx: CallContext): Promise<StepOutcome> {
    const running = this.#started();
    const outcome = await applied(step, running, ctx);
    running.provisioning.watch();
    return outcome;
  }

  report(want: Want<Settings>, have: Have): Report {
    return reported(want, have, this.#connection);
  }

  async *inventory(ctx: CallContext): AsyncGenerator<OwnedThing> {
    const { ec2, memory, provisioning } = this.#started();
    await memory.inventory.balancing(0);
    await memory.inventory.groups(0);
    provisioning.watch();
    yield* ownedThings(memory.inventory, this.#host.clusterId);
    for (const group of memory.inventory.securityGroups.values()) {
      if (!group.tags[keyMark]?.startsWith('cluster/')) continue;
      const lettingIn = await ec2.securityGroups(group.vpcId, { lettingIn: group.id }, { signal: ctx.signal });
      yield* ownedRules(lettingIn, group);
    }
  }

  changes(signal: AbortSignal): AsyncIterable<LoadBalancerKey | 'all-waiting'> {
    return this.#feed.read(signal);
  }

  permissions(): readonly Permission[] {
    return permissions;
  }

  checkPermissions({ signal }: CallContext): AsyncIterable<PermissionCheck> {
    const { amazon, network } = this.#started();
    const { clusterId, name } = this.#host;
    return checkedPermissions({ amazon, place: this.#connection, vpcId: network.vpcId, clusterId, provider: name }, { signal });
  }

  policy(): JsonObject {
    const { nodeSecurityGroups } = this.#connection;
    const groups = nodeSecurityGroups.length === 0 ? {} : { nodeSecurityGroups };
    return iamPolicy(this.#host.clusterId, { partition: partitionOf(this.#connection), ...groups }) as unknown as JsonObject; // plain JSON
  }

  /** Everything at Amazon stays and serves. */
  async close(): Promise<void> {
    this.#life.abort();
    this.#feed.close();
    this.#running?.provisioning.close();
    this.#running?.instances.close();
    this.#running?.amazon.close();
    this.#running = undefined;
    await Promise.resolve();
  }

  #started(): Running {
    if (this.#running === undefined) throw new LbError('ProviderUnavailable', 'Amazon was not reached yet');
    return this.#running;
  }

  #open(amazon: Amazon): Running {
    const { clock, log, metrics, clusterId, name } = this.#host;
    const { signal } = this.#life;
    const gate = { limiter: new ApiLimiter(clock), metrics, provider: name };
    const [elb, ec2] = [limitedElb(amazon.elb, gate), limitedEc2(amazon.ec2, gate)];
    const network = new Network(ec2, clock, this.#connection.vpcId, signal);
    const memory = emptyMemory({ elb, ec2, clock, clusterId, vpcId: () => network.vpcId, settleMs, signal });
    const { inventory } = memory;
    const instances = new Instances({ ec2, clock, vpcId: () => network.vpcId, tryAgain: (key) => this.#feed.tell(key) });
    const nodeGroups = new NodeGroups({
      ec2,
      clock,
      settleMs,
      inventory,
      network,
      instances,
      connection: this.#connection,
      owner: this.#unit,
    });
    const reader = new Reader({ clock, memory, network, instances, nodeGroups });
    const changed = (key: LoadBalancerKey) => this.#feed.tell(key);
    const provisioning = new Provisioning({ elb, inventory, clock, log, clusterId, signal, changed });
    return { amazon, elb, ec2, clock, memory, network, instances, nodeGroups, reader, provisioning };
  }
}
