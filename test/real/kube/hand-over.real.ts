import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sharedFinalizer } from '../../../src/model/load-balancer-class.ts';
import { startApi, type BenchApi } from '../../bench/bench-api.ts';
import { clusterIdOf, makeNamespaces, makeNodes, makeServices, namespace, nodeNames } from '../../bench/load.ts';
import { quiet, untilCloud } from '../../bench/phases.ts';
import { sourcePrograms } from '../../bench/programs.ts';
import { StatusWatch } from '../../bench/status-watch.ts';
import { freeLease, startSubject, type Subject, type SubjectKind } from '../../bench/subject.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { startToyBackend, type ToyBackend } from '../upstream/backend-process.ts';
import { missingForServiceController } from '../upstream/service-controller.ts';

const signal = new AbortController().signal;
const services = 20;
const path = `/api/v1/namespaces/${namespace}/services`;

realSuite(
  "portolan ccm takes over from upstream's service controller, and back",
  missingForControlPlane() ?? missingForServiceController(),
  () => {
    let api: BenchApi;
    let backend: ToyBackend;
    let watch: StatusWatch;
    let start: (kind: SubjectKind) => Subject;
    let controller: Subject | undefined;

    beforeAll(async () => {
      backend = await startToyBackend();
      api = await startApi('real', 2);
      await makeNamespaces(api.client, signal);
      await makeNodes(api.client, nodeNames(0, 3), signal);
      const surroundings = { kubeconfig: api.kubeconfig, backend: backend.url, clusterId: await clusterIdOf(api.client, signal) };
      const programs = await sourcePrograms(true);
      start = (kind) => startSubject(kind, programs, surroundings);
      watch = await StatusWatch.start(api.client);
    }, 600_000);

    afterAll(async () => {
      await controller?.kill();
      await watch.close();
      await api.close();
      await backend.close();
    });

    /** What users and clients see, and what is in the cloud: everything that must not change. */
    async function standing() {
      const { items } = await api.client.list(path, signal, (object) => object as unknown as SeenService); // the API server's own
      return {
        services: items.map(({ metadata: { name, finalizers }, status: { loadBalancer } }) => ({
          name,
          finalizers,
          addresses: loadBalancer.ingress?.map(({ ip, ipMode }) => `${ip} ${ipMode}`),
        })),
        cloud: await backend.loadBalancers(),
      };
    }

    async function end(kind: SubjectKind): Promise<void> {
      const ended = controller;
      controller = undefined;
      await ended?.stop();
      await freeLease(api.client, kind, signal);
    }

    /** From the start of a controller until nothing happens any more. */
    async function takeOver(kind: SubjectKind) {
      await Promise.all([api.reset(), backend.reset()]);
      controller = start(kind);
      // Upstream's asks for each; Portolan asks what there is.
      await untilCloud(backend, signal, ({ reads, writes }) => (kind === 'upstream' ? writes >= services : reads > 0));
      const [cloud, writes] = await quiet({ api, backend }, signal);
      return { cloud, writes };
    }

    test('nothing changes for anybody: no address, no finalizer, no load balancer, and no storm of events', {
      timeout: 300_000,
    }, async () => {
      controller = start('upstream');
      await makeServices(api.client, 's', services, signal);
      await watch.until('s-', services, signal);
      await quiet({ api, backend }, signal);
      const before = await standing();
      expect(before.services).toHaveLength(services);
      for (const { finalizers, addresses } of before.services) {
        expect(finalizers).toEqual([sharedFinalizer]);
        expect(addresses).toHaveLength(1);
      }

      await end('upstream');
      const ours = await takeOver('ccm');
      expect(await standing()).toEqual(before);
      expect(ours.cloud).toMatchObject({ writes: 0, changes: 0, loadBalancers: services });
      // Nothing had to be done, so nothing is told. Each gets its record once, together with the state of its ports.
      expect(ours.writes.events).toBe(0);
      expect(ours.writes.services).toBeLessThanOrEqual(services);

      // It does serve them: an edit is carried out under the same address.
      await api.client.patch(`${path}/s-0`, 'strategic', { spec: { ports: [{ name: 'https', port: 443 }] } }, signal);
      await vi.waitFor(async () => expect(listenersOf(await backend.loadBalancers())).toContainEqual(['TCP/443', 'TCP/80']), {
        timeout: 30_000,
        interval: 50,
      });
      await quiet({ api, backend }, signal);
      const edited = await standing();
      expect(edited.services).toEqual(before.services);

      await end('ccm');
      const theirs = await takeOver('upstream');
      expect(await standing()).toEqual(edited);
      expect(theirs.cloud).toMatchObject({ changes: 0, loadBalancers: services });
      // Upstream says of each at every start that it ensures it, and that it has.
      expect(theirs.writes.events).toBeLessThanOrEqual(2 * services + 2);
      expect(theirs.writes.services).toBeLessThanOrEqual(services);

      // Whoever made it, whoever serves it: what is deleted goes.
      await Promise.all(before.services.map(({ name }) => api.client.delete(`${path}/${name}`, signal)));
      await vi.waitFor(async () => expect((await standing()).services).toEqual([]), { timeout: 60_000, interval: 100 });
      expect(await backend.loadBalancers()).toEqual([]);
    });

    test('Portolan cleans up what upstream made', { timeout: 120_000 }, async () => {
      await makeServices(api.client, 'd', 3, signal);
      await watch.until('d-', 3, signal);
      await end('upstream');
      for (const index of [0, 1, 2]) await api.client.delete(`${path}/d-${index}`, signal);
      controller = start('ccm');

      await vi.waitFor(async () => expect((await standing()).services).toEqual([]), { timeout: 60_000, interval: 100 });
      expect(await backend.loadBalancers()).toEqual([]);
    });
  },
);

interface SeenService {
  readonly metadata: { readonly name: string; readonly finalizers?: readonly string[] };
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly { readonly ip: string; readonly ipMode: string }[] } };
}

const listenersOf = (balancers: readonly { readonly listeners: object }[]): readonly (readonly string[])[] =>
  balancers.map(({ listeners }) => Object.keys(listeners).sort());
