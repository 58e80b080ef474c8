import { sleep, systemClock } from '../../src/clock.ts';
import { startToyBackend } from '../real/upstream/backend-process.ts';
import { startApi, type ApiKind } from './bench-api.ts';
import { clusterIdOf, deleteNodes, makeNamespaces, makeNodes, makeServices, nodeNames } from './load.ts';
import { phase, quiet, untilCloud, untilMembers, type Measured, type Phase } from './phases.ts';
import { StatusWatch } from './status-watch.ts';
import { freeLease, startSubject, type Limits, type Programs, type Subject, type SubjectKind } from './subject.ts';

/** One controller on an API server and a toy cloud of its own. */
export interface Life extends Measured {
  readonly watch: StatusWatch;
  readonly subject: () => Subject;
  /** Asks it to end and clears its Lease, as if that had run out. */
  stop(): Promise<void>;
  start(port?: number): void;
  readonly signal: AbortSignal;
}

export interface LifeOptions {
  readonly kind: SubjectKind;
  readonly api: ApiKind;
  readonly programs: Programs;
  readonly latencyMs: number;
  readonly limits?: Limits;
  readonly signal: AbortSignal;
}

/** Everything is there and nothing runs yet; it is all taken away again, whatever comes of `story`. */
export async function live<T>(
  { kind, api: apiKind, programs, latencyMs, limits, signal }: LifeOptions,
  story: (life: Life) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const backend = await startToyBackend();
  stack.defer(() => backend.close());
  const api = await startApi(apiKind);
  stack.defer(() => api.close());
  await backend.latency(latencyMs);
  await makeNamespaces(api.client, signal);
  const surroundings = { kubeconfig: api.kubeconfig, backend: backend.url, clusterId: await clusterIdOf(api.client, signal) };
  const watch = await StatusWatch.start(api.client);
  stack.defer(() => watch.close());
  let running: Subject | undefined;
  stack.defer(async () => await running?.kill());
  const subject = (): Subject => {
    if (running === undefined) throw new Error('no controller was started');
    return running;
  };
  try {
    return await story({
      api,
      backend,
      watch,
      subject,
      signal,
      start: (port) => void (running = startSubject(kind, programs, surroundings, limits, port)),
      async stop() {
        await subject().stop();
        await freeLease(api.client, kind, signal);
      },
    });
  } catch (thrown) {
    throw new Error(`${kind} on the ${apiKind} API server: ${String(thrown)}\n${running?.log().slice(-3_000) ?? ''}`, { cause: thrown });
  }
}

/** Nodes that are there before anything else. */
const fewNodes = 3;

export interface LongLife {
  readonly create: Phase;
  readonly restart: Phase;
  readonly idle?: Phase;
  /** From the appearance of a Service to its address, in milliseconds. */
  readonly waits: readonly number[];
}

/** So many new Services, a restart with all of them, and then nothing for a while; no idle phase where that is 0. */
export async function longLife(options: LifeOptions, services: number, idleMs: number): Promise<LongLife> {
  return await live(options, async (life) => {
    const { api, backend, watch, subject, signal } = life;
    await makeNodes(api.client, nodeNames(0, fewNodes), signal);
    life.start();
    await firstServed(life);
    const create = await phase(life, subject, signal, async () => {
      await makeServices(api.client, 's', services, signal);
      await watch.until('s-', services, signal);
    });
    const waits = watch.waits('s-');
    await life.stop();
    const restart = await phase(life, subject, signal, async () => {
      life.start();
      // Upstream's asks for each; Portolan asks what there is.
      await untilCloud(backend, signal, (counts) => (options.kind === 'upstream' ? counts.writes > services : counts.reads > 0));
    });
    if (idleMs === 0) return { create, restart, waits };
    const idle = await phase(life, subject, signal, () => sleep(systemClock, idleMs, signal));
    return { create, restart, idle, waits };
  });
}

/** The controller leads and works: nobody measures how long its start takes together with something else. */
export async function firstServed({ api, backend, watch, signal }: Life): Promise<void> {
  await makeServices(api.client, 'first', 1, signal);
  await watch.until('first-', 1, signal);
  await quiet({ api, backend }, signal, 1_000);
}

export interface Churn {
  readonly phase: Phase;
  /** What a new Service waited for its address when nothing else happened, and meanwhile; in milliseconds. */
  readonly idleWait: number;
  readonly meanwhile: number;
}

export interface ChurnSize {
  readonly services: number;
  readonly nodes: number;
  readonly replaced: number;
  /** Over how much time they go, and then the new ones come. */
  readonly overMs: number;
}

/** Some of the nodes are replaced, one after the other, and a new Service comes in the middle of it. */
export async function churn(life: Life, { services, nodes, replaced, overMs }: ChurnSize): Promise<Churn> {
  const { api, backend, watch, subject, signal } = life;
  await makeNodes(api.client, nodeNames(0, nodes), signal);
  life.start();
  await firstServed(life);
  await makeServices(api.client, 'c', services - 1, signal);
  await watch.until('c-', services - 1, signal);
  await untilMembers(backend, nodeNames(0, nodes), signal);
  await quiet({ api, backend }, signal);
  await makeServices(api.client, 'alone', 1, signal);
  await watch.until('alone-', 1, signal);
  const measured = await phase(life, subject, signal, async () => {
    const half = overMs / 2;
    await deleteNodes(api.client, nodeNames(0, replaced), signal, half);
    await makeServices(api.client, 'meanwhile', 1, signal);
    await makeNodes(api.client, nodeNames(nodes, nodes + replaced), signal, half);
    await watch.until('meanwhile-', 1, signal);
    await untilMembers(backend, nodeNames(replaced, nodes + replaced), signal);
  });
  return { phase: measured, idleWait: watch.waits('alone-')[0] ?? 0, meanwhile: watch.waits('meanwhile-')[0] ?? 0 };
}
