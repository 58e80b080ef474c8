/**
 * Both watches and their stores, and nothing else: says as one line of JSON what they took, some time after everything was
 * read. Argument: a kubeconfig.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sleep, systemClock } from '../../src/clock.ts';
import { KubeClient } from '../../src/kube/client.ts';
import { connect } from '../../src/kube/connection.ts';
import { kubeMetrics } from '../../src/kube/kube-metrics.ts';
import { allNodes, allServices } from '../../src/kube/paths.ts';
import { projectNode, projectService } from '../../src/kube/projection.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Store } from '../../src/kube/store.ts';
import type { Log } from '../../src/log.ts';
import { MetricsRegistry } from '../../src/metrics.ts';
import type { NodeView, ServiceView } from '../../src/model/service-view.ts';

export interface StoreFigures {
  readonly services: number;
  readonly nodes: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly longestBlockMs: number;
}

const [kubeconfig = ''] = process.argv.slice(2);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const began = systemClock.monotonic();
const before = process.cpuUsage();
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, with: () => silent };
const metrics = new MetricsRegistry();
metrics.declare(kubeMetrics);
const { transport } = await connect({ kubeconfig }, {});
const parts = { client: new KubeClient({ transport, clock: systemClock }), clock: systemClock, log: silent, metrics, random: Math.random };
const services = new Store<ServiceView>(silent);
const nodes = new Store<NodeView>(silent);
const stop = new AbortController();
const running = [
  new Reflector({ ...parts, path: allServices, resource: 'services', project: projectService, store: services }).run(stop.signal),
  new Reflector({ ...parts, path: allNodes, resource: 'nodes', project: projectNode, store: nodes }).run(stop.signal),
];
await Promise.all([services, nodes].map((store) => new Promise<void>((resolve) => void store.onSynced(resolve))));
const seconds = (systemClock.monotonic() - began) / 1_000;
// What reading left behind is still to be cleared away, which may block, too.
await sleep(systemClock, 2_000);
const used = process.cpuUsage(before);
const figures: StoreFigures = {
  services: services.size,
  nodes: nodes.size,
  seconds,
  cpuSeconds: (used.user + used.system) / 1e6,
  peakMiB: process.resourceUsage().maxRSS / 1024,
  longestBlockMs: delay.max / 1e6,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
stop.abort(new Error('measured'));
await Promise.allSettled(running);
await transport.close();
