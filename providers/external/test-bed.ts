/** What the tests of this provider stand on: a toy provider in another process, time by hand, and everything that is logged. */
import { join } from 'node:path';
import { ManualClock } from '../../src/clock.ts';
import type { Log } from '../../src/log.ts';
import { noMetrics } from '../../src/metrics.ts';
import { noCheckpoint } from '../../src/model/checkpoint.ts';
import { digestOf } from '../../src/model/digest.ts';
import { clusterId, listenerId, providerName, serviceKey, serviceLoadBalancer, serviceUid, stepId } from '../../src/model/ids.ts';
import { marksOf, type Owner } from '../../src/model/owner.ts';
import type { AnyStep } from '../../src/model/plan.ts';
import type { LoadBalancerSpec } from '../../src/model/spec.ts';
import type { AnyProvider, CallContext, Documents, ProviderHost } from '../../src/provider.ts';
import { describe } from './index.ts';
import type { OwnConnection } from './settings.ts';

const program = join(import.meta.dirname, '../../test/fixtures/external-provider/toy-provider.mjs');

/** The command of the toy that misbehaves like this; a file where it needs one. */
export const toy = (how = 'honest', ...file: readonly string[]): readonly string[] => [process.execPath, program, how, ...file];

export class Bed {
  readonly clock = new ManualClock();
  readonly said: { readonly level: string; readonly facts: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
  readonly stop = new AbortController();
  readonly log: Log;
  beforeCalls = 0;

  constructor() {
    const line =
      (level: string) =>
      (facts: Readonly<Record<string, unknown>>, message: string): void =>
        void this.said.push({ level, facts, message });
    this.log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error'), with: () => this.log };
  }

  get ctx(): CallContext {
    const beforeCall = () => Promise.resolve(void this.beforeCalls++);
    return { signal: this.stop.signal, log: this.log, beforeCall };
  }

  get host(): ProviderHost {
    const documents = {} as Documents; // nothing is kept at the API server
    const budget = { take: () => Promise.resolve() };
    const [name, cluster] = [providerName('mine'), clusterId('cluster-1')];
    const { clock, log } = this;
    return { clock, log, metrics: noMetrics, clusterId: cluster, name, budget, documents, checkpoint: noCheckpoint };
  }

  describe(own: Partial<OwnConnection>) {
    return describe({ env: {}, ...own }, { clock: this.clock, log: this.log, environment: {} });
  }

  /** Described and made, not started. */
  async made(command: readonly string[], connection: Readonly<Record<string, unknown>> = {}): Promise<AnyProvider> {
    const definition = await this.describe({ command });
    return definition.create({ command, env: {}, ...connection }, this.host);
  }

  async started(command: readonly string[]): Promise<AnyProvider> {
    const provider = await this.made(command);
    await provider.start('control', this.ctx);
    return provider;
  }
}

export const owner: Owner = {
  clusterId: clusterId('cluster-1'),
  key: serviceLoadBalancer(serviceUid('uid-web')),
  services: [{ uid: serviceUid('uid-web'), name: serviceKey('default', 'web') }],
};

export function spec(over: Partial<LoadBalancerSpec<unknown>> = {}): LoadBalancerSpec<unknown> {
  return {
    owner,
    scheme: 'public',
    addresses: [{ family: 'IPv4', required: true }],
    listeners: [
      {
        id: listenerId('TCP', 80),
        service: serviceUid('uid-web'),
        protocol: 'TCP',
        port: 80,
        name: '',
        nodePort: 30_080,
        trafficPolicy: 'Cluster',
        healthCheck: { kind: 'cluster' },
      },
    ],
    members: [],
    sourceRanges: [],
    affinity: { kind: 'none' },
    published: [],
    explicit: [],
    origin: {},
    frozen: [],
    settings: {},
    inputDigest: digestOf('input'),
    specDigest: digestOf('spec'),
    membersDigest: digestOf([]),
    ...over,
  };
}

export const create: AnyStep = {
  id: stepId('toy/create'),
  after: [],
  verb: 'create',
  resource: { kind: 'toy', name: 'toy' },
  summary: 'play',
  proof: { willMark: marksOf(owner) },
  repeat: 'safe',
  disruption: 'none',
  op: { marks: marksOf(owner) },
};
