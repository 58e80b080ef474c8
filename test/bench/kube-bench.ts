import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { sleep, systemClock } from '../../src/clock.ts';
import type { ApiKind } from './bench-api.ts';
import { churn, firstServed, live, type Life, type LifeOptions } from './lives.ts';
import { makeNodes, makePlainServices, makeServices, nodeNames } from './load.ts';
import { phase, quiet } from './phases.ts';
import type { BuiltPrograms } from './programs.ts';
import { quantile, type Row, type Run, type StoreRow } from './results.ts';
import type { StoreFigures } from './store-process.ts';

export interface KubeOptions {
  readonly programs: BuiltPrograms;
  readonly api: ApiKind;
  readonly repeat: number;
  readonly small: boolean;
  readonly signal: AbortSignal;
  readonly told: (line: string) => void;
}

interface Sizes {
  readonly store: { readonly services: number; readonly nodes: number };
  readonly restart: number;
  readonly idleMs: number;
  readonly crowd: { readonly services: number; readonly nodes: number; readonly atOnce: number };
  readonly churn: { readonly services: number; readonly replaced: number; readonly overMs: number };
}

const full: Sizes = {
  store: { services: 10_000, nodes: 1_000 },
  restart: 2_000,
  idleMs: 60_000,
  crowd: { services: 500, nodes: 500, atOnce: 50 },
  churn: { services: 200, replaced: 50, overMs: 10_000 },
};
const little: Sizes = {
  store: { services: 200, nodes: 20 },
  restart: 50,
  idleMs: 5_000,
  crowd: { services: 30, nodes: 20, atOnce: 5 },
  churn: { services: 20, replaced: 5, overMs: 2_000 },
};

/** The figures to hold, for `portolan controller` with a class, on one of the two API servers. */
export async function kubeBench({
  programs,
  api,
  repeat,
  small,
  signal,
  told,
}: KubeOptions): Promise<{ rows: readonly Row[]; store: StoreRow }> {
  const sizes = small ? little : full;
  const options: LifeOptions = { kind: 'class', api, programs, latencyMs: 0, signal };
  const rows = new Map<string, Row>();
  const stores: StoreRow['runs'][number][] = [];
  const keep = (name: string, services: number, nodes: number, run: Run): void => {
    const row = { subject: 'class', api, latencyMs: 0, flags: 'shipped', phase: name, services, nodes } as const;
    rows.set(name, { ...row, runs: [...(rows.get(name)?.runs ?? []), run] });
    told(`${api} ${name}: ${run.seconds.toFixed(1)} s, ${run.reads} reads, ${run.writes} writes, ${run.cpuSeconds.toFixed(1)} CPU s`);
  };
  for (let turn = 0; turn < repeat; turn++) {
    const store = await live(options, (life) => bigCluster(life, programs, sizes.store));
    stores.push(store);
    told(
      `${api} store: ${store.cpuSeconds.toFixed(2)} CPU s, ${store.peakMiB.toFixed(0)} MiB; controller ${store.controllerPeakMiB.toFixed(0)} MiB`,
    );
    const { restart, idle } = await live(options, (life) => restarted(life, sizes));
    keep('restart', sizes.restart, 3, restart);
    keep('idle', sizes.restart, 3, idle);
    const { churned, crowd } = await live(options, (life) => crowded(life, sizes));
    keep('churn', sizes.churn.services, sizes.crowd.nodes, churned);
    keep('crowd', sizes.crowd.services, sizes.crowd.nodes, crowd);
  }
  return { rows: [...rows.values()], store: { api, runs: stores } };
}

/** Many objects that are nobody's load balancer: what it takes to know them. */
async function bigCluster(life: Life, programs: BuiltPrograms, { services, nodes }: Sizes['store']): Promise<StoreRow['runs'][number]> {
  const { api, signal, subject } = life;
  await makePlainServices(api.client, services, signal);
  await makeNodes(api.client, nodeNames(0, nodes), signal);
  const [program = '', ...args] = programs.storeProcess;
  const { stdout } = await promisify(execFile)(program, [...args, api.kubeconfig]);
  const figures = JSON.parse(stdout) as StoreFigures; // store-process.ts says them
  life.start();
  await firstServed(life);
  const [all, alone] = [subject().usage(), subject().usageAlone()];
  return { ...figures, controllerMiB: alone.rssMiB, controllerPeakMiB: alone.peakMiB, providerMiB: all.peakMiB - alone.peakMiB };
}

async function restarted(life: Life, { restart: services, idleMs }: Sizes): Promise<{ restart: Run; idle: Run }> {
  const { api, watch, subject, signal } = life;
  await makeNodes(api.client, nodeNames(0, 3), signal);
  life.start();
  await firstServed(life);
  await makeServices(api.client, 's', services, signal);
  await watch.until('s-', services, signal);
  await quiet(life, signal);
  await life.stop();
  const port = await freePort();
  const restart = await phase(life, subject, signal, async () => {
    life.start(port);
    await untilReady(port, signal);
  });
  const idle = await phase(life, subject, signal, () => sleep(systemClock, idleMs, signal));
  return { restart: { ...restart, readySeconds: restart.seconds }, idle };
}

async function crowded(life: Life, { crowd, churn: size }: Sizes): Promise<{ churned: Run; crowd: Run }> {
  const { api, watch, subject, signal } = life;
  const { phase: churned, idleWait, meanwhile } = await churn(life, { ...size, nodes: crowd.nodes });
  await makeServices(api.client, 'more', crowd.services - size.services, signal);
  await watch.until('more-', crowd.services - size.services, signal);
  await quiet(life, signal);
  const made = await phase(life, subject, signal, async () => {
    await makeServices(api.client, 'new', crowd.atOnce, signal);
    await watch.until('new-', crowd.atOnce, signal);
  });
  const waits = watch.waits('new-');
  return {
    churned: { ...churned, longerMs: meanwhile - idleWait },
    crowd: { ...made, p50Ms: quantile(waits, 0.5), p99Ms: quantile(waits, 0.99) },
  };
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  server.close();
  await once(server, 'close');
  return port;
}

async function untilReady(port: number, signal: AbortSignal): Promise<void> {
  const ready = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false, // nobody listens yet
    );
  while (!(await ready())) await sleep(systemClock, 20, signal);
}
