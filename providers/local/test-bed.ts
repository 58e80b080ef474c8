/** What the tests of this folder stand on: wants with defaults, nodes that answer with their name, passes as core makes them. */
import type { Duplex } from 'node:stream';
import { ManualClock, settle, type Clock } from '../../src/clock.ts';
import { silentLog } from '../../src/log.ts';
import { noMetrics } from '../../src/metrics.ts';
import { noCheckpoint, type ReachCheckpoint } from '../../src/model/checkpoint.ts';
import { digestOf } from '../../src/model/digest.ts';
import { clusterId, listenerId, providerName, serviceKey, serviceLoadBalancer, serviceUid, type Protocol } from '../../src/model/ids.ts';
import type { Owner } from '../../src/model/owner.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Report } from '../../src/model/report.ts';
import type { Frozen, Gone, Listener, LoadBalancerSpec, Member, Want } from '../../src/model/spec.ts';
import { parseIp, type IpAddress } from '../../src/net/ip.ts';
import type { CallContext, Documents, Provider, ProviderHost } from '../../src/provider.ts';
import type { Endpoint, Network } from './api/network.ts';
import type { Have } from './observe.ts';
import type { Operation } from './operation.ts';
import { defaultSettings, type Connection, type Settings } from './settings.ts';
import { LocalSimulator } from './simulator/local-simulator.ts';

export const cluster = clusterId('cluster-1');

export function ip(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

export function owner(name = 'web', of = cluster): Owner {
  const uid = serviceUid(`uid-${name}`);
  return { clusterId: of, key: serviceLoadBalancer(uid), services: [{ uid, name: serviceKey('default', name) }] };
}

export function listener(protocol: Protocol, port: number, nodePort: number, more: Partial<Listener> = {}): Listener {
  return {
    id: listenerId(protocol, port),
    service: serviceUid('uid-web'),
    protocol,
    port,
    name: '',
    nodePort,
    trafficPolicy: 'Cluster',
    healthCheck: { kind: 'cluster' },
    ...more,
  };
}

export const member = (node: string, address: string): Member => ({ node, addresses: { IPv4: ip(address) } });

export function spec(over: Partial<LoadBalancerSpec<Settings>> = {}): LoadBalancerSpec<Settings> {
  const members = over.members ?? [];
  return {
    owner: owner(),
    scheme: 'public',
    addresses: [{ family: 'IPv4', required: true }],
    listeners: [listener('TCP', 80, 30080)],
    sourceRanges: [],
    affinity: { kind: 'none' },
    published: [],
    explicit: [],
    origin: {},
    frozen: [],
    settings: defaultSettings,
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

export const connection: Connection = {
  ranges: { public: ['127.80.0.128/25'], internal: ['127.81.0.128/25'] },
  stateFile: 'state.json',
  probeInterval: 2000,
};

export function hostOf(clock: Clock, over: Partial<ProviderHost> = {}): ProviderHost {
  // The local provider keeps nothing at the API server.
  const documents = {} as Documents;
  const budget = { take: () => Promise.resolve() };
  const name = providerName('here');
  return { clock, log: silentLog, metrics: noMetrics, clusterId: cluster, name, budget, documents, checkpoint: noCheckpoint, ...over };
}

/** Counts the fence. */
export function callContext(): CallContext & { calls: number } {
  const ctx = {
    signal: new AbortController().signal,
    calls: 0,
    log: silentLog,
    beforeCall: () => {
      ctx.calls++;
      return Promise.resolve();
    },
  };
  return ctx;
}

export type Local = Provider<Settings, Have, Operation>;

/** A simulated machine, a network with nodes, and the provider on it. */
export class TestBed {
  readonly clock = new ManualClock();
  readonly simulator = new LocalSimulator(this.clock);
  readonly network = this.simulator.network;
  readonly ctx = callContext();

  async start(over: { host?: Partial<ProviderHost>; connection?: Partial<Connection>; mode?: 'control' | 'read' } = {}): Promise<Local> {
    const host = hostOf(this.clock, over.host);
    // The definition is the local one: its `have` and operations are known here.
    const provider = this.simulator.definition.create({ ...connection, ...over.connection }, host) as unknown as Local;
    await provider.start(over.mode ?? 'control', this.ctx);
    await settle();
    return provider;
  }

  /** One pass as core makes it: every step of the plan, then a second look. */
  async pass(
    provider: Local,
    want: Want<Settings>,
  ): Promise<{ plan: Plan<Operation>; again: Plan<Operation>; report: Report; have: Have }> {
    const plan = await provider.plan(want, await provider.observe(want, { maxAgeMs: 0 }, this.ctx));
    for (const step of plan.steps) await provider.apply(step, this.ctx);
    await settle();
    const have = await provider.observe(want, { maxAgeMs: Number.POSITIVE_INFINITY }, this.ctx);
    return { plan, again: await provider.plan(want, have), report: await provider.report(want, have), have };
  }

  /** The file, as a restart would find it. */
  get file(): string {
    return this.simulator.disk.files.get('state.json') ?? '';
  }

  /** A node whose kube-proxy is well, and which answers on the given node ports with its name. */
  async node(name: string, address: string, ports: { tcp?: readonly number[]; udp?: readonly number[] } = {}): Promise<SimulatedNode> {
    const node = new SimulatedNode(name, ip(address), this.network.at(ip(address)));
    this.network.serveHttp({ address: node.address, port: 10_256 }, () => (node.healthy ? 200 : 503));
    for (const port of ports.tcp ?? []) await node.serveTcp(port);
    for (const port of ports.udp ?? []) await node.serveUdp(port);
    return node;
  }

  /** What a client gets that says nothing and reads to the end; undefined where it is turned away. */
  async ask(to: Endpoint, from = '10.9.9.9'): Promise<string | undefined> {
    const connection = await this.network.at(ip(from)).connectTcp(to, 1000);
    if (typeof connection === 'string') return undefined;
    connection.stream.end();
    return textOf(connection.stream);
  }

  /** A UDP client on one port, and what it was answered so far. */
  async udpClient(from = '10.9.9.9'): Promise<{ send(text: string, to: Endpoint): Promise<void>; answers: string[] }> {
    const answers: string[] = [];
    const at = { address: ip(from), port: 0 };
    const socket = await this.network.at(ip(from)).bindUdp(
      at,
      (data, source) => answers.push(`${data.toString()} via ${source.address}`),
      () => {},
    );
    const send = async (text: string, to: Endpoint) => {
      socket.send(Buffer.from(text), to);
      await settle();
    };
    return { send, answers };
  }
}

/** A node with node ports. A TCP client gets its name as soon as it has said all it wants to say. */
export class SimulatedNode {
  readonly name: string;
  readonly address: IpAddress;
  readonly network: Network;
  healthy = true;
  /** Connections taken, whole streams, newest last. */
  readonly streams: Duplex[] = [];

  constructor(name: string, address: IpAddress, network: Network) {
    this.name = name;
    this.address = address;
    this.network = network;
  }

  async serveTcp(port: number): Promise<() => Promise<void>> {
    const accept = ({ stream }: { stream: Duplex }) => {
      this.streams.push(stream);
      stream.on('error', () => {});
      stream.on('end', () => stream.end(this.name));
      stream.resume();
    };
    const listening = await this.network.listenTcp({ address: this.address, port }, accept, () => {});
    return listening.close;
  }

  async serveUdp(port: number): Promise<() => Promise<void>> {
    const at = { address: this.address, port };
    const socket = await this.network.bindUdp(
      at,
      (data, from) => socket.send(Buffer.from(`${this.name}:${data.toString()}`), from),
      () => {},
    );
    return socket.close;
  }
}

/** Everything a stream says; undefined where it is cut instead of ended. */
export function textOf(stream: Duplex): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    stream.on('error', () => {});
    stream.on('end', () => resolve(text));
    stream.on('close', () => resolve(undefined));
  });
}

/** Throws at one checkpoint, the given time it is reached: where a crash would be. */
export function crashAt(name: Parameters<ReachCheckpoint>[0], time = 1): ReachCheckpoint {
  let reached = 0;
  return (at) => {
    if (at === name && ++reached === time) throw new Error(`crash at ${name}`);
  };
}
