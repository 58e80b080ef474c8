import type { Ids } from '../ids.ts';
import { invalidField } from '../field-error.ts';
import { edited } from '../kube-object.ts';
import type { Reservation } from '../reservation.ts';
import { internalError, invalid, unexplained } from '../status-object.ts';
import { resolveFamilies, type Families } from './families.ts';
import { AddressPool, PortPool } from './pools.ts';
import { keepsDualStack, withAllocatedValues, withClusterIps } from './inherit.ts';
import {
  hasNodePorts,
  isExternalName,
  isHeadless,
  isLoadBalancer,
  needsHealthCheckPort,
  nodePortsOf,
  type ServiceObject,
  type ServicePort,
} from './service-object.ts';

const subject = { group: '', kind: 'Service' };

/**
 * Gives Services their cluster IPs, node ports and health check node ports, and takes them back.
 * Invariant: what is taken in the pools is exactly what committed Services hold.
 */
export class Allocators {
  readonly #addresses: readonly AddressPool[];
  readonly #ports: PortPool;

  constructor(serviceCidrs: readonly string[], nodePorts: readonly [number, number], ids: Ids) {
    this.#addresses = serviceCidrs.map((range) => new AddressPool(range, ids));
    this.#ports = new PortPool(nodePorts, ids);
  }

  get families(): Families {
    return this.#addresses.map((pool) => pool.family);
  }

  /** @throws StatusError where something asked for cannot be had; nothing is taken then. */
  reserve(service: ServiceObject, old: ServiceObject | undefined, dryRun: boolean): Reservation {
    const claim = new Claim(this.#addresses, this.#ports, dryRun);
    try {
      const filled = old === undefined ? withClusterIps(service, undefined) : withClusterIps(withAllocatedValues(service, old), old);
      const familied = keepsDualStack(filled, old) ? filled : resolveFamilies(filled, old, this.families);
      const addressed = keepsDualStack(filled, old) ? filled : claim.addresses(familied, old);
      const object = claim.healthCheckPort(old === undefined ? claim.newPorts(addressed) : claim.changedPorts(addressed, old), old);
      return { object, commit: () => claim.commit(), revert: () => claim.revert() };
    } catch (error) {
      claim.revert();
      throw error;
    }
  }

  /** Takes back everything a deleted Service had. */
  release(service: ServiceObject): void {
    for (const address of service.spec.clusterIPs ?? [])
      for (const pool of this.#addresses) if (sameFamily(pool, address)) pool.release(address);
    for (const port of heldNodePorts(service)) this.#ports.release(port);
    if (needsHealthCheckPort(service) && service.spec.healthCheckNodePort !== undefined)
      this.#ports.release(service.spec.healthCheckNodePort);
  }
}

const sameFamily = (pool: AddressPool, address: string): boolean => (pool.family === 'IPv6') === address.includes(':');

/** What one write takes and gives back. */
class Claim {
  readonly #addresses: readonly AddressPool[];
  readonly #ports: PortPool;
  readonly #dryRun: boolean;
  readonly #undo: (() => void)[] = [];
  readonly #later: (() => void)[] = [];
  /** A dry run chooses no port: it shows the one behind the highest it asked for, or one outside of the range. */
  #samplePort: number | undefined;

  constructor(addresses: readonly AddressPool[], ports: PortPool, dryRun: boolean) {
    this.#addresses = addresses;
    this.#ports = ports;
    this.#dryRun = dryRun;
  }

  commit(): void {
    for (const release of this.#later) release();
  }

  revert(): void {
    for (const release of this.#undo) release();
  }

  addresses(service: ServiceObject, old: ServiceObject | undefined): ServiceObject {
    if (old !== undefined && !isExternalName(old)) return this.#changedAddresses(service, old);
    if (isExternalName(service) || service.spec.clusterIPs?.[0] === 'None') return service;
    const families = service.spec.ipFamilies ?? [];
    return this.#withAddresses(
      service,
      families.map((family, index) => this.#address(service, family, index)),
    );
  }

  newPorts(service: ServiceObject): ServiceObject {
    if (!hasNodePorts(service)) return service;
    const byPort = new Map<number, number>();
    const ports = (service.spec.ports ?? []).map((port, index, all) => {
      if (port.nodePort === undefined && !allocatesPorts(service)) return port;
      const given = byPort.get(port.port);
      if (given !== undefined) {
        // TCP and UDP of one port share a node port, unless the second one names another.
        if (port.nodePort !== undefined && port.nodePort !== given) this.#takePort(service, index, port.nodePort);
        return { ...port, nodePort: port.nodePort ?? given };
      }
      const asked = all.find((other) => other.port === port.port && other.nodePort !== undefined)?.nodePort;
      const nodePort = asked === undefined ? this.#anyPort('failed to allocate a nodePort') : this.#takePort(service, index, asked);
      byPort.set(port.port, nodePort);
      return { ...port, nodePort };
    });
    return withPorts(service, ports);
  }

  changedPorts(service: ServiceObject, old: ServiceObject): ServiceObject {
    const had = heldNodePorts(old);
    if (!hasNodePorts(service)) {
      for (const port of had) this.#later.push(() => this.#ports.release(port));
      return service;
    }
    const taken = new Set(had);
    const ports = (service.spec.ports ?? []).map((port, index) => {
      if (port.nodePort === undefined) {
        return allocatesPorts(service) ? { ...port, nodePort: this.#anyPort('failed to allocate a nodePort') } : port;
      }
      if (!taken.has(port.nodePort)) this.#takePort(service, index, port.nodePort);
      taken.add(port.nodePort);
      return port;
    });
    refuseRepeated(ports);
    const changed = withPorts(service, ports);
    const has = new Set(nodePortsOf(changed));
    for (const port of had) if (!has.has(port)) this.#later.push(() => this.#ports.release(port));
    return changed;
  }

  healthCheckPort(service: ServiceObject, old: ServiceObject | undefined): ServiceObject {
    const needed = old !== undefined && needsHealthCheckPort(old);
    const before = old?.spec.healthCheckNodePort;
    if (needed && !needsHealthCheckPort(service) && before !== undefined) this.#later.push(() => this.#ports.release(before));
    if (needed || !needsHealthCheckPort(service)) return service;
    const asked = service.spec.healthCheckNodePort;
    if (asked === undefined) {
      const healthCheckNodePort = this.#anyPort('failed to allocate a HealthCheck NodePort 0');
      return { ...service, spec: { ...service.spec, healthCheckNodePort } };
    }
    const refused = this.#take(asked);
    if (refused !== undefined) throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${refused}`);
    return service;
  }

  #changedAddresses(service: ServiceObject, old: ServiceObject): ServiceObject {
    const [had, has] = [old.spec.ipFamilies ?? [], service.spec.ipFamilies ?? []];
    if (isHeadless(old)) return service;
    if (isExternalName(service)) {
      for (const address of old.spec.clusterIPs ?? []) this.#releaseLater(address);
      return service;
    }
    if (had.length === 1 && has.length === 2) {
      const [first = '', ...rest] = service.spec.clusterIPs ?? [];
      const second = this.#address({ ...service, spec: { ...service.spec, clusterIPs: [first, ...rest] } }, has[1] ?? '', 1);
      return this.#withAddresses(service, [first, second]);
    }
    const dropped = old.spec.clusterIPs?.[1];
    if (had.length === 2 && has.length === 1 && dropped !== undefined) this.#releaseLater(dropped);
    return service;
  }

  #address(service: ServiceObject, family: string, index: number): string {
    const pool = this.#addresses.find((candidate) => candidate.family === family);
    const asked = service.spec.clusterIPs?.[index];
    if (pool === undefined) throw internalError(`no Service range of family ${family}`);
    if (asked !== undefined && asked !== '') {
      const refused = pool.take(asked, this.#dryRun);
      if (refused !== undefined) {
        const field = invalidField('spec.clusterIPs', service.spec.clusterIPs, `failed to allocate IP ${asked}: ${refused}`);
        throw invalid(subject, service.metadata.name ?? '', [field]);
      }
      if (!this.#dryRun) this.#undo.push(() => pool.release(asked));
      return asked;
    }
    if (this.#dryRun) return pool.sample;
    const address = pool.next();
    if (address === undefined) {
      throw internalError(`failed to allocate a serviceIP for Service ${JSON.stringify(service.metadata.name)}: range is full`);
    }
    this.#undo.push(() => pool.release(address));
    return address;
  }

  #releaseLater(address: string): void {
    const pool = this.#addresses.find((candidate) => sameFamily(candidate, address));
    this.#later.push(() => pool?.release(address));
  }

  #withAddresses(service: ServiceObject, clusterIPs: readonly string[]): ServiceObject {
    return { ...service, spec: edited(service.spec, { clusterIPs, clusterIP: clusterIPs[0] }) };
  }

  #takePort(service: ServiceObject, index: number, port: number): number {
    const refused = this.#take(port);
    if (refused !== undefined) {
      throw invalid(subject, service.metadata.name ?? '', [invalidField(`spec.ports[${index}].nodePort`, port, refused)]);
    }
    return port;
  }

  #take(port: number): string | undefined {
    if (this.#dryRun) {
      this.#samplePort = Math.max(this.#samplePort ?? 0, port);
      return this.#ports.has(port) ? 'provided port is already allocated' : undefined;
    }
    const refused = this.#ports.take(port);
    if (refused === undefined) this.#undo.push(() => this.#ports.release(port));
    return refused;
  }

  #anyPort(failure: string): number {
    if (this.#dryRun) {
      this.#samplePort = (this.#samplePort ?? 32_768) + 1;
      return this.#samplePort;
    }
    const port = this.#ports.next();
    if (port === undefined) throw internalError(`${failure}: range is full`);
    this.#undo.push(() => this.#ports.release(port));
    return port;
  }
}

/**
 * The node ports that are a Service's own. An ExternalName Service may name node ports too, but holds none: a real server
 * mixes this up and gives such a port free that another Service holds.
 */
const heldNodePorts = (service: ServiceObject): readonly number[] => (hasNodePorts(service) ? nodePortsOf(service) : []);

/** A changed Service with two ports of one protocol on one node port has an answer of its own, before validation. */
function refuseRepeated(ports: readonly ServicePort[]): void {
  const seen = new Set<string>();
  for (const { protocol = '', nodePort } of ports) {
    if (nodePort === undefined) continue;
    const pair = `{${protocol} ${nodePort}}`;
    if (seen.has(pair)) throw unexplained(`duplicate nodePort: ${pair}`);
    seen.add(pair);
  }
}

const allocatesPorts = (service: ServiceObject): boolean =>
  service.spec.type === 'NodePort' || (isLoadBalancer(service) && service.spec.allocateLoadBalancerNodePorts === true);

function withPorts(service: ServiceObject, ports: readonly ServicePort[]): ServiceObject {
  return service.spec.ports === undefined ? service : { ...service, spec: { ...service.spec, ports } };
}
