import type { Clock } from '../../../src/clock.ts';
import type { Planted, ProviderSimulation, Tampering } from '../../../src/conformance/simulation.ts';
import { cloudId, type CloudId, type LoadBalancerKey } from '../../../src/model/ids.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Owner } from '../../../src/model/owner.ts';
import { parseIp, type IpAddress } from '../../../src/net/ip.ts';
import type { ProviderDefinition } from '../../../src/provider.ts';
import type { Amazon } from '../api/amazon.ts';
import { ec2Operations, elbOperations, mutates, type Operation } from '../api/operations.ts';
import { AwsProvider } from '../aws-provider.ts';
import { provider } from '../index.ts';
import type { Connection, Settings } from '../settings/settings.ts';
import { AmazonState, type AmazonOptions } from './amazon-state.ts';
import { cloudView } from './cloud-view.ts';
import { Door } from './door.ts';
import { happenings, type Happenings } from './happenings.ts';
import { Outside } from './outside.ts';
import { SimulatedDryRuns } from './simulated-dry-runs.ts';
import { SimulatedEc2 } from './simulated-ec2.ts';
import { SimulatedElb } from './simulated-elb.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { clusterName, instanceAt, region, threeZones, vpcId } from './three-zones.ts';

type Wrap = <T extends object>(api: T, name: string) => T;

/** The provider asks for those that are being made this often. */
const askedEveryMs = 15_000;

/** The provider on an Amazon in memory. The region outlives the processes; each instance the definition makes is one of its own. */
export class AmazonSimulation implements ProviderSimulation {
  readonly state: AmazonState;
  readonly door: Door;
  readonly definition: ProviderDefinition<Connection, Settings>;
  readonly connection = { region, vpcId, clusterName };
  /** Amazon serves whoever has a credential. */
  readonly secondConnection = this.connection;
  readonly apiCalls: Readonly<Record<string, 'read' | 'eventual-read' | 'write'>> = {
    ...callsOf('elb', elbOperations),
    ...callsOf('ec2', ec2Operations),
  };
  readonly onePlacePerService = true;
  readonly oneNodePortPerNumber = true;
  readonly provisioningMs: number;
  readonly happen: Happenings;
  readonly tamper: Readonly<Record<Tampering, (key: LoadBalancerKey) => Promise<void>>>;
  readonly #outside: Outside;
  readonly #seeded: ReadonlySet<string>;
  readonly #processes: SimulatedProcess[] = [];

  constructor(clock: Clock, wrap: Wrap = (api) => api, options: AmazonOptions = {}) {
    this.state = new AmazonState(clock, threeZones, { region, ...options });
    this.door = new Door(this.state);
    this.definition = { ...provider, create: (connection, host) => this.#create(connection, host, wrap) };
    this.provisioningMs = this.state.times.provisioning + askedEveryMs + 1_000;
    this.#seeded = new Set(this.state.securityGroups.keys());
    this.#outside = new Outside(this.state);
    this.happen = happenings(this.state);
    const by = (how: Tampering) => (key: LoadBalancerKey) => Promise.resolve(this.#outside.tamper(how, key));
    this.tamper = {
      'load-balancer-removed': by('load-balancer-removed'),
      'listener-removed': by('listener-removed'),
      'members-changed': by('members-changed'),
    };
  }

  /** `kill -9` of every process there is. */
  crash(): void {
    for (const process of this.#processes) process.kill();
  }

  standing(): readonly CloudId[] {
    const { loadBalancers, targetGroups, securityGroups } = this.state;
    const groups = [...securityGroups.keys()].filter((id) => !this.#seeded.has(id));
    // The machines' own group had none.
    const rules = [...securityGroups.values()].filter(({ id }) => this.#seeded.has(id)).flatMap(({ ingress }) => ingress);
    return [...loadBalancers.keys(), ...targetGroups.keys(), ...groups, ...rules.flatMap(({ id }) => id ?? [])].map(cloudId);
  }

  /** As Amazon's name servers do: an address per zone and family. */
  readonly resolve = (host: string): readonly IpAddress[] => {
    const found = [...this.state.loadBalancers.values()].find(({ dnsName }) => dnsName.toLowerCase() === host);
    return (found?.zones ?? []).flatMap(({ ipv4, privateIpv4, ipv6 }, index) => {
      const four = ipv4 ?? privateIpv4 ?? `203.0.113.${index + 1}`;
      const six = found?.ipAddressType === 'dualstack' ? [ipv6 ?? `2001:db8:ffff::${index + 1}`] : [];
      return [four, ...six].flatMap((address) => parseIp(address) ?? []);
    });
  };

  look(key: LoadBalancerKey): JsonObject {
    return cloudView(this.state, key);
  }

  nodeProviderId(index: number): string {
    const { providerId, ...instance } = instanceAt(index);
    if (!this.state.instances.has(instance.id)) this.state.instances.set(instance.id, instance);
    return providerId;
  }

  plantForeign(what: 'other-cluster' | 'in-the-way', owner: Owner): Promise<Planted> {
    return Promise.resolve(what === 'other-cluster' ? this.#outside.plantOthers(owner) : this.#outside.plantInTheWay(owner));
  }

  plantStray(owner: Owner): Promise<Planted> {
    return Promise.resolve(this.#outside.plantOthers(owner));
  }

  #create(connection: Connection, host: Parameters<typeof provider.create>[1], wrap: Wrap): AwsProvider {
    const process = new SimulatedProcess();
    this.#processes.push(process);
    const amazon: Amazon = {
      elb: process.mortal(wrap(new SimulatedElb(this.door), 'elb')),
      ec2: process.mortal(wrap(new SimulatedEc2(this.door), 'ec2')),
      dryRuns: new SimulatedDryRuns(this.door),
      close: () => {},
    };
    return new AwsProvider(connection, { ...host, clock: process.clock(host.clock) }, () => Promise.resolve(amazon));
  }
}

/** Amazon's reads of what was changed a moment ago may be late; the network stands as it stands. */
const eventual: ReadonlySet<string> = new Set([
  'elb.loadBalancers',
  'elb.loadBalancersByArn',
  'elb.targetGroups',
  'elb.listeners',
  'elb.tags',
  'elb.targetHealth',
  'ec2.securityGroups',
]);

function callsOf(
  api: string,
  operations: Readonly<Record<string, Operation>>,
): Readonly<Record<string, 'read' | 'eventual-read' | 'write'>> {
  const kindOf = (call: string, operation: Operation) => {
    if (mutates(operation)) return 'write';
    return eventual.has(call) ? 'eventual-read' : 'read';
  };
  return Object.fromEntries(Object.entries(operations).map(([name, of]) => [`${api}.${name}`, kindOf(`${api}.${name}`, of)]));
}
