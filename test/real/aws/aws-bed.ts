import { expect, vi } from 'vitest';
import { connectToAmazon, type Amazon } from '../../../providers/aws/api/amazon.ts';
import { systemClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect, type Connection } from '../../../src/kube/connection.ts';
import { projectService } from '../../../src/kube/projection.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ServiceView } from '../../../src/model/service-view.ts';
import { portBase, startControlPlane, type ControlPlane } from '../control-plane.ts';
import { controllerHome, type ControllerProcess } from '../controller-process.ts';
import { CloudProxy } from './cloud-proxy.ts';
import { startMoto, type Moto } from './moto.ts';
import { motoAsAmazon } from './moto-as-amazon.ts';
import { credentials, region, runInstances, seedCloud, type SeededCloud } from './seed.ts';
import { standingIn, type Standing, type StandingBalancer } from './standing.ts';

const signal = new AbortController().signal;
export const servicesPath = '/api/v1/namespaces/shop/services';
const lease = '/apis/coordination.k8s.io/v1/namespaces/portolan-system/leases/portolan';
const prefix = 'service.beta.kubernetes.io/aws-load-balancer-';

/** Tries again until it holds. */
export const eventually = <T>(look: () => Promise<T>, timeout = 90_000): Promise<T> => vi.waitFor(look, { timeout, interval: 100 });

/** `aws-load-balancer-` annotations by what comes after that. */
export const annotated = (of: Readonly<Record<string, string | null>>): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [prefix + key, value]));

interface BedParts {
  readonly kube: ControlPlane;
  readonly connection: Connection;
  readonly moto: Moto;
  /** Past the proxy. */
  readonly amazon: Amazon;
  readonly home: Awaited<ReturnType<typeof controllerHome>>;
}

/** A real kube-apiserver, and moto for Amazon behind a proxy that counts; Portolan is started between them. */
export class AwsBed {
  readonly client: KubeClient;
  readonly proxy: CloudProxy;
  readonly seeded: SeededCloud;
  readonly #parts: BedParts;
  #controller: ControllerProcess | undefined;
  #log = '';
  #nodes = 0;

  private constructor(parts: BedParts, client: KubeClient, proxy: CloudProxy, seeded: SeededCloud) {
    this.#parts = parts;
    this.client = client;
    this.proxy = proxy;
    this.seeded = seeded;
  }

  /** @param slot of those that run side by side @param nodes machines that are nodes from the start */
  static async start(slot: number, nodes = 2): Promise<AwsBed> {
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    const [kube, moto] = await Promise.all([startControlPlane(portBase(slot)), startMoto()]);
    const seeded = await seedCloud(moto.url, { clusterName: 'one', instances: nodes, addresses: 2, certificates: 2 });
    const proxy = await CloudProxy.start(moto.url, motoAsAmazon());
    const connection = await connect({ kubeconfig: kube.kubeconfig }, {});
    const client = new KubeClient({ transport: connection.transport, clock: systemClock });
    const amazon = await connectToAmazon({ region, endpoint: moto.url }, systemClock);
    const home = await controllerHome(() => configOf(proxy.url, seeded));
    const bed = new AwsBed({ kube, connection, moto, amazon, home }, client, proxy, seeded);
    for (const name of ['shop', 'portolan-system']) await client.create('/api/v1/namespaces', { metadata: { name } }, signal);
    for (const instance of seeded.instances) await bed.addNode(instance);
    return bed;
  }

  async close(): Promise<void> {
    await this.kill();
    const { kube, connection, moto, amazon, home } = this.#parts;
    amazon.close();
    await this.proxy.close();
    await moto.stop();
    await connection.transport.close();
    await home.remove();
    await kube.wipe();
    vi.unstubAllEnvs();
  }

  // --- the controller

  run(): void {
    this.#controller = this.#parts.home.start(this.#parts.kube.kubeconfig);
  }

  /** As a crash would end it. Its lease is taken from it, as time would do. */
  async kill(): Promise<void> {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    await controller.kill();
    this.#log += controller.log();
    await this.client.delete(lease, signal).catch(() => {}); // it may never have had one
  }

  async stop(): Promise<number | null> {
    const controller = this.#controller ?? expect.fail('nothing runs');
    this.#controller = undefined;
    const code = await controller.stop();
    this.#log += controller.log();
    return code;
  }

  /** The last of what all controllers wrote. */
  get log(): string {
    return (this.#log + (this.#controller?.log() ?? '')).slice(-12_000);
  }

  // --- nodes

  async addNode(instance: string, change: JsonObject = {}): Promise<string> {
    const index = (this.#nodes += 1);
    const zone = this.seeded.subnets[(index - 1) % this.seeded.subnets.length]?.zone ?? '';
    const name = `n${index}`;
    const labels = { 'topology.kubernetes.io/zone': zone };
    await this.client.create(
      '/api/v1/nodes',
      { metadata: { name, labels }, spec: { providerID: `aws:///${zone}/${instance}`, ...change } },
      signal,
    );
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
    const status = { addresses: [{ type: 'InternalIP', address: `10.0.0.${index}` }], conditions };
    await this.client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status }, signal);
    return name;
  }

  async removeNode(name: string): Promise<void> {
    await this.client.delete(`/api/v1/nodes/${name}`, signal);
  }

  /** A machine more in the cloud, which is no node yet. */
  async machine(): Promise<string> {
    const [id] = await runInstances(this.#parts.moto.url, this.seeded, 1, this.#nodes);
    return id ?? expect.fail('moto ran nothing');
  }

  // --- Services

  async create(name: string, spec: JsonObject = {}, annotations: Readonly<Record<string, string | null>> = {}): Promise<void> {
    const ports = [{ name: 'http', port: 80 }];
    await this.client.create(servicesPath, { metadata: { name, annotations }, spec: { type: 'LoadBalancer', ports, ...spec } }, signal);
  }

  async edit(name: string, change: JsonObject): Promise<void> {
    await this.client.patch(`${servicesPath}/${name}`, 'merge', change, signal);
  }

  annotate(name: string, annotations: Readonly<Record<string, string | null>>): Promise<void> {
    return this.edit(name, { metadata: { annotations } });
  }

  async remove(name: string): Promise<void> {
    await this.client.delete(`${servicesPath}/${name}`, signal);
  }

  async service(name: string): Promise<ServiceView> {
    return projectService(await this.client.get(`${servicesPath}/${name}`, signal));
  }

  /** Waits until it has an address and all of its spec is carried out; the address. */
  ready(name: string, timeout?: number): Promise<string> {
    return eventually(async () => {
      const { ingress, conditions } = await this.service(name);
      const states = Object.fromEntries(conditions.map(({ type, status, message }) => [type, status === 'True' ? 'True' : message]));
      expect(states, this.log).toMatchObject({ 'portolan.dev/Accepted': 'True', 'portolan.dev/Programmed': 'True' });
      return ingress[0]?.hostname ?? ingress[0]?.ip ?? expect.fail('it has no address');
    }, timeout);
  }

  /** Waits until it has an address and its spec is carried out, whether or not the cloud has finished; the address. */
  published(name: string, timeout?: number): Promise<string> {
    return eventually(async () => {
      const { ingress, conditions } = await this.service(name);
      const applied = conditions.find(({ type }) => type === 'portolan.dev/Applied');
      const told = conditions.map(({ type, message }) => `${type}: ${message}`).join('\n');
      expect([applied?.status, ingress.length], `${told}\n${this.log}`).toEqual(['True', 1]);
      return ingress[0]?.hostname ?? ingress[0]?.ip ?? expect.fail('it has no address');
    }, timeout);
  }

  /** Waits until the API server has it no more. */
  gone(name: string, timeout?: number): Promise<void> {
    return eventually(async () => {
      const code = await this.service(name).then(
        () => 'there',
        (thrown: unknown) => (thrown instanceof LbError ? thrown.code : String(thrown)),
      );
      expect(code, this.log).toBe('ApiNotFound');
    }, timeout);
  }

  // --- the cloud, as it stands

  standing(): Promise<Standing> {
    return standingIn(this.#parts.amazon, this.seeded);
  }

  /** The only load balancer of a Service. */
  async balancer(name: string): Promise<StandingBalancer> {
    const mine = (await this.standing()).balancers.filter(({ service }) => service === `shop/${name}`);
    expect(mine.map(({ shown }) => shown.name)).toHaveLength(1);
    return mine[0] ?? expect.fail('none');
  }

  get cloud(): Amazon {
    return this.#parts.amazon;
  }

  /** Waits until nothing has been asked of the cloud for a while: `ms` is the while. */
  async quiet(ms = 1_500): Promise<void> {
    let [count, since] = [this.proxy.calls.length, performance.now()];
    await eventually(() => {
      const now = this.proxy.calls.length;
      if (now !== count || this.proxy.open > 0) [count, since] = [now, performance.now()];
      return performance.now() - since >= ms ? Promise.resolve() : Promise.reject(new Error('the cloud is still asked'));
    });
  }
}

const configOf = (endpoint: string, { vpcId }: SeededCloud): string => `apiVersion: portolan.dev/v1
kind: Config
providers:
  - { name: amazon, kind: aws, connection: { region: ${region}, vpcId: ${vpcId}, endpoint: "${endpoint}", clusterName: one } }
classes:
  - { id: aws, name: portolan.dev/aws, default: true, provider: amazon, handover: 5s }
serving: { address: 127.0.0.1, port: 0 }
`;
