import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { LbError } from '../../../src/errors.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect, type Connection } from '../../../src/kube/connection.ts';
import { projectService } from '../../../src/kube/projection.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ServiceView } from '../../../src/model/service-view.ts';
import { portBase, startControlPlane, type ControlPlane } from '../control-plane.ts';
import { auditFlags, auditLog, type Audited } from './audit.ts';
import { Relay } from './relay.ts';
import { Supervised } from './supervised.ts';

export const signal = new AbortController().signal;
export const eventually = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 120_000, interval: 100 });

export const services = '/api/v1/namespaces/shop/services';
export const lease = '/apis/coordination.k8s.io/v1/namespaces/portolan-system/leases/portolan';
const system = '/api/v1/namespaces/portolan-system';
export const account = 'system:serviceaccount:portolan-system:portolan';

/** A real control plane, and Portolan on it with a ServiceAccount's token and a line of its own to the API server. */
export class Installation {
  readonly kube: ControlPlane;
  readonly relay: Relay;
  readonly controller: Supervised;
  /** The admin's, which goes straight to the API server. */
  readonly client: KubeClient;
  readonly #folder: string;
  readonly #serving: string;
  readonly #connections: readonly Connection[];
  /** As the controller's account, straight to the API server, with the token of the start. */
  readonly asAccount: KubeClient;

  private constructor(parts: {
    kube: ControlPlane;
    relay: Relay;
    controller: Supervised;
    folder: string;
    serving: string;
    admin: Connection;
    own: Connection;
  }) {
    const { kube, relay, controller, folder, serving, admin, own } = parts;
    this.kube = kube;
    this.relay = relay;
    this.controller = controller;
    this.client = new KubeClient({ transport: admin.transport, clock: systemClock });
    this.asAccount = new KubeClient({ transport: own.transport, clock: systemClock });
    this.#folder = folder;
    this.#serving = serving;
    this.#connections = [admin, own];
  }

  /** @param slot of those that run side by side @param apiserverFlags more flags */
  static async start(slot: number, apiserverFlags: string): Promise<Installation> {
    const port = portBase(slot);
    const kube = await startControlPlane(port, {
      KUBE_UP_APISERVER_ARGS: `${auditFlags} ${apiserverFlags}`,
      KUBE_UP_OWNER: String(process.pid),
    });
    try {
      return await Installation.#on(kube, port, slot);
    } catch (thrown) {
      await kube.wipe();
      throw thrown;
    }
  }

  static async #on(kube: ControlPlane, port: number, slot: number): Promise<Installation> {
    const admin = await connect({ kubeconfig: kube.kubeconfig }, {});
    const client = new KubeClient({ transport: admin.transport, clock: systemClock });
    await prepare(client);
    // Goes with the control plane, however that ends.
    const folder = join(kube.folder, 'portolan');
    await mkdir(folder);
    await writeFile(join(folder, 'token'), await newToken(client, 'first'));
    const relay = await Relay.open(port + 2);
    const kubeconfig = (server: string, user: JsonObject): string =>
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server, 'certificate-authority': join(kube.folder, 'pki/ca.crt') } }],
        users: [{ name: 'u', user }],
      });
    const own = join(folder, 'own-kubeconfig');
    await writeFile(own, kubeconfig(`https://127.0.0.1:${port + 2}`, { token: await newToken(client, 'own') }));
    const [ours, config] = [join(folder, 'kubeconfig'), join(folder, 'portolan.yaml')];
    await writeFile(ours, kubeconfig(`https://127.0.0.1:${relay.port}`, { tokenFile: join(folder, 'token') }));
    const network = `127.${94 + slot}.${process.pid % 256}`;
    const serving = `${network}.1:${9_100 + slot}`;
    await writeFile(
      config,
      `apiVersion: portolan.dev/v1
kind: Config
providers:
  - { name: here, kind: local, connection: { ranges: { public: [${network}.128/25] }, stateFile: ${folder}/state.json } }
classes:
  - { id: local, name: portolan.dev/local, default: true, provider: here }
serving: { address: ${serving.split(':')[0]}, port: ${serving.split(':')[1]} }
`,
    );
    const controller = new Supervised(config, ours);
    const connection = await connect({ kubeconfig: own }, {});
    return new Installation({ kube, relay, controller, folder, serving, admin, own: connection });
  }

  async close(): Promise<void> {
    await this.controller.stop();
    await this.relay.close();
    for (const connection of this.#connections) await connection.transport.close();
    await this.kube.wipe();
  }

  /** @param timeoutMs how long it may take */
  async create(name: string, timeoutMs = 15_000): Promise<void> {
    const service = { metadata: { name }, spec: { type: 'LoadBalancer', ports: [{ port: 8080 }] } };
    await this.client.create(services, service, signal, { timeoutMs });
  }

  async service(name: string): Promise<ServiceView> {
    return projectService(await this.client.get(`${services}/${name}`, signal));
  }

  /** Waits until it is served on its port; its address. */
  served(name: string, port = 8080): Promise<string> {
    return eventually(async () => {
      const { ingress, conditions } = await this.service(name);
      const states = Object.fromEntries(conditions.map(({ type, status }) => [type, status]));
      expect(states, this.controller.log).toMatchObject({ 'portolan.dev/Programmed': 'True', 'portolan.dev/Applied': 'True' });
      expect(ingress[0]?.ports?.map((one) => one.port)).toEqual([port]);
      const address = ingress[0]?.ip ?? '';
      expect(await this.cloud()).toContain(`"${address}"`);
      return address;
    });
  }

  /** Waits until neither the API server nor the cloud has it. */
  async gone(name: string): Promise<void> {
    await eventually(async () => {
      const code = await this.service(name).then(
        () => 'there',
        (thrown: unknown) => (thrown instanceof LbError ? thrown.code : String(thrown)),
      );
      expect(code, this.controller.log).toBe('ApiNotFound');
      expect(await this.cloud()).not.toContain(`"shop/${name}"`);
    });
  }

  cloud(): Promise<string> {
    return readFile(join(this.#folder, 'state.json'), 'utf8');
  }

  /** A number of `/metrics`; 0 where it is not there. */
  async metric(series: string): Promise<number> {
    const text = await (await fetch(`http://${this.#serving}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? 0);
  }

  audit(): Promise<readonly Audited[]> {
    return auditLog(this.kube.folder);
  }

  /** Another token in the controller's token file; the one before is worth nothing from then on. */
  async rotateToken(): Promise<void> {
    const old = await readFile(join(this.#folder, 'token'), 'utf8');
    await writeFile(join(this.#folder, 'token.next'), await newToken(this.client, 'second'));
    await rename(join(this.#folder, 'token.next'), join(this.#folder, 'token'));
    await this.client.delete(`${system}/secrets/first`, signal);
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: old } };
    await eventually(async () => {
      const { status } = await this.client.create('/apis/authentication.k8s.io/v1/tokenreviews', review, signal);
      expect(status).not.toMatchObject({ authenticated: true });
    });
  }
}

async function prepare(client: KubeClient): Promise<void> {
  for (const name of ['shop', 'portolan-system']) await client.create('/api/v1/namespaces', { metadata: { name } }, signal);
  await client.create(`${system}/serviceaccounts`, { metadata: { name: 'portolan' } }, signal);
  await client.create(
    '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    {
      metadata: { name: 'portolan' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'portolan-system', name: 'portolan' }],
    },
    signal,
  );
  await client.create('/api/v1/nodes', { metadata: { name: 'n1' }, spec: {} }, signal);
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
  const status = { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], conditions };
  await client.patch('/api/v1/nodes/n1/status', 'merge', { status }, signal);
}

/** A token that is good for as long as the Secret of that name lives. */
async function newToken(client: KubeClient, name: string): Promise<string> {
  const secret = await client.create(`${system}/secrets`, { metadata: { name } }, signal);
  const { uid } = secret['metadata'] as { uid: string }; // every object has one
  const spec = { expirationSeconds: 3_600, boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name, uid } };
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const { status } = await client.create(`${system}/serviceaccounts/portolan/token`, request, signal);
  return (status as { token: string }).token; // what a TokenRequest is answered with
}
