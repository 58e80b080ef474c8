/** What the tests of this folder stand on: wants with defaults, a small region in memory, passes as core makes them. */
import { settle } from '../../src/clock.ts';
import { LbError } from '../../src/errors.ts';
import { silentLog } from '../../src/log.ts';
import { noMetrics } from '../../src/metrics.ts';
import { noCheckpoint } from '../../src/model/checkpoint.ts';
import { digestOf } from '../../src/model/digest.ts';
import {
  clusterId,
  clusterUnit,
  listenerId,
  providerName,
  serviceKey,
  serviceLoadBalancer,
  serviceUid,
  type StepId,
} from '../../src/model/ids.ts';
import type { Owner } from '../../src/model/owner.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import type { ClusterWant, Frozen, Gone, Listener, LoadBalancerSpec, Member, Want } from '../../src/model/spec.ts';
import { withInputs } from '../../src/plan/inputs.ts';
import { orderSteps } from '../../src/plan/order.ts';
import type { CallContext, Documents, ProviderHost } from '../../src/provider.ts';
import { readSettings } from '../../src/settings/read.ts';
import { AwsProvider } from './aws-provider.ts';
import type { Have } from './observe/have.ts';
import type { Operation } from './operation.ts';
import type { Connection, Settings } from './settings/settings.ts';
import { settings as table } from './settings/table.ts';
import type { AmazonOptions, Seed } from './simulator/amazon-state.ts';
import { SimulatedDryRuns } from './simulator/simulated-dry-runs.ts';
import { region } from './simulator/seed-of-tests.ts';

export const cluster = clusterId('cluster-1');
export const aws = providerName('aws-main');

export function owner(name = 'web', of = cluster): Owner {
  const uid = serviceUid(`uid-${name}`);
  return { clusterId: of, key: serviceLoadBalancer(uid), services: [{ uid, name: serviceKey('shop', name) }] };
}

export function listener(protocol: 'TCP' | 'UDP', port: number, nodePort: number, more: Partial<Listener> = {}): Listener {
  const [id, service] = [listenerId(protocol, port), serviceUid('uid-web')];
  return { id, service, protocol, port, name: '', nodePort, trafficPolicy: 'Cluster', healthCheck: { kind: 'cluster' }, ...more };
}

/** The instances of the small region, as nodes. */
export const member = (letter: string): Member => ({
  node: `node-${letter}`,
  providerId: `aws:///eu-west-1a/i-0000000${letter}`,
  addresses: {},
});

/** What a Service would come to that has these annotations (without the prefix of Amazon's). */
export function spec(
  over: Partial<LoadBalancerSpec<Settings>> = {},
  annotations: Readonly<Record<string, string>> = {},
): LoadBalancerSpec<Settings> {
  const members = over.members ?? [member('a'), member('b')];
  const keys = Object.entries(annotations).map(([key, value]) => [`service.beta.kubernetes.io/aws-load-balancer-${key}`, value]);
  const read = readSettings(table, Object.fromEntries(keys), {});
  if (read.refusals.length > 0) throw new Error(JSON.stringify(read.refusals));
  return {
    owner: owner(),
    scheme: read.scheme.value,
    addresses: [{ family: 'IPv4', required: true }],
    listeners: [listener('TCP', 80, 30_080)],
    sourceRanges: [],
    affinity: { kind: 'none' },
    published: [],
    explicit: read.explicit,
    origin: read.scheme.from === undefined ? {} : { scheme: read.scheme.from },
    frozen: [],
    settings: read.settings,
    inputDigest: digestOf('input'),
    specDigest: digestOf('spec'),
    membersDigest: digestOf(members),
    ...over,
    members,
  };
}

export function frozen(of: LoadBalancerSpec<Settings>): Frozen {
  const nodePorts = of.listeners.map(({ id, nodePort }) => ({ id, nodePort }));
  return { frozen: true, owner: of.owner, members: of.members, membersDigest: of.membersDigest, nodePorts };
}

export const gone = (of: Owner, leave: Gone<Settings>['leave'] = 'nothing'): Gone<Settings> => ({ gone: true, owner: of, leave });

/** The same of a Service whose annotations can be read. */
export const goneWith = (annotations: Readonly<Record<string, string>>, of = owner(), leave: Gone<Settings>['leave'] = 'nothing') => ({
  ...gone(of, leave),
  settings: spec({}, annotations).settings,
});

export const unit = (members: readonly Member[] = [member('a'), member('b')], used = true): ClusterWant => ({
  cluster: true,
  owner: { clusterId: cluster, key: clusterUnit(aws), services: [] },
  members,
  used,
});

export const connection: Connection = {
  region: 'eu-west-1',
  vpcId: 'vpc-1',
  nodePortRange: '30000-32767',
  nodeSecurityGroups: [],
};

const { vpcId: _vpcId, ...connectionWithoutVpc } = connection;
/** The nodes tell which VPC it is. */
export const vpcByNodes: Connection = connectionWithoutVpc;

export interface Passed {
  readonly plan: Plan<Operation>;
  /** Of steps that were carried out, in their order. */
  readonly ran: readonly StepId[];
  readonly failed: readonly LbError[];
  readonly again: Plan<Operation>;
  readonly report: Report;
  readonly have: Have;
}

/** A small region, and the provider on it. */
export class TestBed {
  readonly region: ReturnType<typeof region>;
  readonly ctx: CallContext & { calls: number };
  #provider: AwsProvider;
  readonly #connection: Connection;
  #isHeld: (id: StepId) => boolean = () => false;

  constructor(of: AmazonOptions = {}, seed: Partial<Seed> = {}, over: Partial<Connection> = {}, base = connection) {
    this.region = region(of, seed);
    this.#connection = { ...base, ...over };
    this.#provider = this.#make();
    const ctx = {
      signal: new AbortController().signal,
      calls: 0,
      log: silentLog,
      beforeCall: () => {
        ctx.calls++;
        return Promise.resolve();
      },
    };
    this.ctx = ctx;
  }

  get provider(): AwsProvider {
    return this.#provider;
  }

  get clock() {
    return this.region.clock;
  }

  /** Another process in place of the one before, which ends. */
  async restart(): Promise<void> {
    await this.#provider.close();
    this.#provider = this.#make();
    await this.start();
  }

  async start(): Promise<void> {
    await this.#provider.start('control', this.ctx);
  }

  /** From now on, passes leave these steps out, as core does while something must be waited for. */
  hold(isHeld: (id: StepId) => boolean): void {
    this.#isHeld = isHeld;
  }

  /** Started, with what the cluster shares. */
  async startWithUnit(): Promise<this> {
    await this.start();
    const { again } = await this.pass(unit());
    if (again.steps.length > 0) throw new Error('the unit is not done');
    return this;
  }

  /** One pass as core makes it: every step of the plan, then a second look. Time goes on where it waits for Amazon's limits. */
  async pass(want: Want<Settings>, maxAgeMs = 0): Promise<Passed> {
    const [passed] = await this.passes([want], maxAgeMs);
    if (passed === undefined) throw new Error('no pass');
    return passed;
  }

  /** Several at once. */
  async passes(wants: readonly Want<Settings>[], maxAgeMs = 0): Promise<readonly Passed[]> {
    const running = new Set(wants);
    const all = Promise.all(wants.map((want) => this.#pass(want, maxAgeMs).finally(() => running.delete(want))));
    while (running.size > 0) {
      for (let turn = 0; turn < 20 && running.size > 0; turn++) await settle();
      if (running.size > 0) this.clock.advance(100);
    }
    return await all;
  }

  async #pass(want: Want<Settings>, maxAgeMs: number): Promise<Passed> {
    const provider = this.#provider;
    const plan = provider.plan(want, await provider.observe(want, { maxAgeMs }, this.ctx));
    const outputs = new Map<StepId, Readonly<Record<string, string>>>();
    const failed: LbError[] = [];
    for (const step of orderSteps(plan.steps)) {
      const op = withInputs(step.op, outputs) as Operation | undefined; // of the same shape
      if (op === undefined || this.#isHeld(step.id) || !step.after.every((id) => outputs.has(id))) continue;
      try {
        outputs.set(step.id, (await provider.apply({ ...step, op } satisfies Step<Operation>, this.ctx)).outputs);
      } catch (error) {
        if (!(error instanceof LbError)) throw error;
        failed.push(error);
      }
    }
    const have = await provider.observe(want, { maxAgeMs: Number.POSITIVE_INFINITY }, this.ctx);
    return { plan, ran: [...outputs.keys()], failed, again: provider.plan(want, have), report: provider.report(want, have), have };
  }

  /** What was asked for since the last time, by action. */
  takeCalls(): Readonly<Record<string, number>> {
    const { calls } = this.region.door;
    const taken = Object.fromEntries([...calls].map(([action, count]) => [action.split(':')[1] ?? action, count]));
    calls.clear();
    return taken;
  }

  #make(): AwsProvider {
    const { clock, door, elb, ec2 } = this.region;
    // Amazon is not the API server.
    const documents = {} as Documents;
    const host: ProviderHost = {
      clock,
      log: silentLog,
      metrics: noMetrics,
      clusterId: cluster,
      name: aws,
      budget: { take: () => Promise.resolve() },
      documents,
      checkpoint: noCheckpoint,
    };
    return new AwsProvider(this.#connection, host, () =>
      Promise.resolve({ elb, ec2, dryRuns: new SimulatedDryRuns(door), close: () => {} }),
    );
  }
}

export const total = (calls: Readonly<Record<string, number>>): number => Object.values(calls).reduce((sum, count) => sum + count, 0);
