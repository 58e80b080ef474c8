import { ManualClock } from '../src/clock.ts';
import { LbError } from '../src/errors.ts';
import { KubeClient } from '../src/kube/client.ts';
import { kubeMetrics } from '../src/kube/kube-metrics.ts';
import { Reflector } from '../src/kube/reflector.ts';
import { Store, type Change } from '../src/kube/store.ts';
import { silentLog } from '../src/log.ts';
import { MetricsRegistry } from '../src/metrics.ts';
import type { JsonObject } from '../src/model/json.ts';
import { HistoryServer, type InitialEvents } from './history-server.ts';

export interface Thing {
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly value: number;
}

function project(object: JsonObject): Thing {
  const { name, uid, resourceVersion: version } = object['metadata'] as { name: string; uid: string; resourceVersion: string }; // the fake server makes them
  const value = object['value'];
  if (typeof value !== 'number') throw new LbError('InvalidObject', `thing ${name}: value is no number`);
  return { name, uid, version, value };
}

/** Fails as soon as a change does not follow from the ones before it. */
class ChainChecker {
  readonly #now = new Map<string, Thing>();
  readonly seen: Change<Thing>[] = [];

  take(change: Change<Thing>): void {
    this.seen.push(change);
    const thing = change.new ?? change.old;
    if (thing === undefined) throw new Error('a change of nothing');
    if (this.#now.get(thing.name) !== change.old) throw new Error(`the chain of ${thing.name} is broken`);
    if (change.new !== undefined && change.old !== undefined && change.new.uid !== change.old.uid) throw new Error('a UID was changed');
    if (change.new !== undefined && change.old?.version === change.new.version) throw new Error('nothing was changed');
    if (change.new === undefined) this.#now.delete(thing.name);
    else this.#now.set(thing.name, change.new);
  }
}

export function reflectorRig(random: () => number = () => 0.5, initialEvents: InitialEvents = 'refused') {
  const server = new HistoryServer(initialEvents);
  const clock = new ManualClock();
  const metrics = new MetricsRegistry();
  metrics.declare(kubeMetrics);
  const store = new Store<Thing>(silentLog);
  const chain = new ChainChecker();
  const broken: Error[] = [];
  store.onChange((change) => {
    try {
      chain.take(change);
    } catch (error) {
      broken.push(error as Error); // the checker throws nothing else
    }
  });
  const client = new KubeClient({ transport: server, clock });
  const reflector = new Reflector({ client, path: '/things', resource: 'things', project, store, clock, log: silentLog, metrics, random });
  const stop = new AbortController();
  // After the test has set its stage.
  const running = Promise.resolve().then(() => reflector.run(stop.signal));
  const end = async () => {
    stop.abort(new Error('test over'));
    await clock.advanceAsync(0);
    await running;
    for (const error of broken) throw error;
  };
  return { server, clock, metrics, store, chain, reflector, end };
}

/** What the store should hold. */
export const truth = (server: HistoryServer): string[] =>
  [...server.objects.values()].map((object) => JSON.stringify(project(object))).sort();
export const held = (store: Store<Thing>): string[] =>
  store
    .list()
    .map((thing) => JSON.stringify(thing))
    .sort();
