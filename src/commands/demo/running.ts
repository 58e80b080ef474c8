import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { KubeClient } from '../../kube/client.ts';
import { plainEndpoint } from '../../kube/endpoint.ts';
import { HttpTransport } from '../../kube/http-transport.ts';
import type { Log } from '../../log.ts';
import { listenerId, type ListenerId } from '../../model/ids.ts';
import { claimRange, type DemoRange } from './address-range.ts';
import { Checklist } from './checklist.ts';
import { startCluster, type DemoCluster } from './cluster.ts';
import { ClusterUser } from './cluster-user.ts';
import { demoConfig } from './demo-config.ts';
import { holdSocket, whyNotServed, type Hold } from './hold.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';
import { LiveServices } from './live-services.ts';
import { narrate } from './narrate.ts';
import type { Printer } from './printer.ts';
import { removedAtExit } from './removed-at-exit.ts';
import type { World } from './world.ts';

export interface DemoParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly printer: Printer;
  /** Ends stories and checks; `close` is still to be called. */
  readonly signal: AbortSignal;
  readonly kubeconfig?: string | undefined;
  readonly hold?: Hold | undefined;
  readonly patienceMs?: number | undefined;
}

/** A cluster, somebody who uses it, and the files others need to use it too. */
export interface Demo {
  readonly world: World;
  readonly cluster: DemoCluster;
  readonly range: DemoRange;
  /** Paths. */
  readonly kubeconfig: string;
  readonly config: string;
  /** What is in `config`. */
  readonly configText: string;
  /** To be closed with the demo, the latest first. */
  onClose(close: () => Promise<void>): void;
  /** Leaves nothing behind: no socket, no file. */
  close(): Promise<void>;
}

/** What the demo's Services ask for and a process may be denied: low ports, and those that others like too. */
const contested = [
  ['TCP', 53],
  ['UDP', 53],
  ['TCP', 80],
  ['TCP', 443],
  ['TCP', 8080],
] as const;

/**
 * Brings up a demo without a controller.
 * @throws LbError `AddressNotAvailable`, `AddressTaken`, or `InvalidFlag` for the kubeconfig. Nothing is left behind then.
 */
export async function openDemo(parts: DemoParts): Promise<Demo> {
  const { clock, log, printer, signal } = parts;
  const closing: (() => Promise<void>)[] = [];
  const onClose = (close: () => Promise<void>) => void closing.push(close);
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const range = await claimRange(parts.hold);
    onClose(() => range.release());
    const folder = await mkdtemp(join(tmpdir(), 'portolan-demo-'));
    onClose(removedAtExit(() => rmSync(folder, { recursive: true, force: true })));
    const cluster = await startCluster(range, clock, log);
    onClose(() => cluster.close());

    const kubeconfig = parts.kubeconfig ?? join(folder, 'kubeconfig');
    onClose(removedAtExit(await writeKubeconfig(kubeconfig, cluster.url)));
    const configText = demoConfig(range, join(folder, 'state.json'));
    const config = join(folder, 'portolan.yaml');
    await writeFile(config, configText);

    const end = new AbortController();
    const services = new LiveServices(cluster.api, clock, log, end.signal, (change) => {
      for (const line of narrate(change)) printer.event(line);
    });
    onClose(() => {
      end.abort(new Error('the demo has ended'));
      return services.closed();
    });
    const transport = new HttpTransport(plainEndpoint(cluster.url), 'portolan-demo');
    onClose(() => transport.close());

    const world: World = {
      range,
      clock,
      printer,
      services,
      user: new ClusterUser(new KubeClient({ transport, clock }), signal),
      checklist: new Checklist({ clock, printer, signal, changed: () => services.changed(), patienceMs: parts.patienceMs ?? 8_000 }),
      nodes: new Set(range.nodes.map(({ name }) => name)),
      unserved: await unservedPorts(range, parts.hold ?? holdSocket),
    };
    const nodes = range.nodes.map(({ name, address }) => `${name} (${address})`);
    printer.note(`Kubernetes at ${cluster.url}, nodes ${nodes.join(', ')}`);
    for (const problem of cluster.toyNodes.problems()) printer.note(problem);
    return { world, cluster, range, kubeconfig, config, configText, onClose, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function unservedPorts({ api }: DemoRange, hold: Hold): Promise<World['unserved']> {
  const unserved = new Map<ListenerId, 'PortNotPermitted' | 'PortInUse'>();
  for (const [protocol, port] of contested) {
    const reason = await whyNotServed(hold, api, port, protocol);
    if (reason !== undefined) unserved.set(listenerId(protocol, port), reason);
  }
  return unserved;
}
