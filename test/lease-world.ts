import { settle, type Clock } from '../src/clock.ts';
import { KubeClient } from '../src/kube/client.ts';
import { kubeMetrics } from '../src/kube/kube-metrics.ts';
import { LeaseElector } from '../src/kube/lease.ts';
import type { KubeRequest, KubeResponse, KubeTransport } from '../src/kube/transport.ts';
import { silentLog } from '../src/log.ts';
import { MetricsRegistry } from '../src/metrics.ts';
import type { JsonObject } from '../src/model/json.ts';

/** The clock of one process. While the process is stalled time goes on and nothing runs; then everything is due at once. */
export class ProcessClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: { at: number; callback: () => void }[] = [];
  stalled = false;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    this.#now += ms;
    if (!this.stalled) this.fire();
  }

  fire(): void {
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= this.#now).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) return;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.callback();
    }
  }
}

/** One Lease with optimistic locking. */
export class LeaseServer {
  lease: JsonObject | undefined;
  namespaceExists = true;
  readonly requests: string[] = [];
  #version = 0;

  carryOut({ method, path, body }: Pick<KubeRequest, 'method' | 'path' | 'body'>): KubeResponse {
    this.requests.push(method);
    const sent = JSON.parse(body ?? '{}') as JsonObject & { metadata?: JsonObject }; // what the elector sends
    if (method === 'POST') {
      if (!this.namespaceExists) return answer(404);
      if (this.lease !== undefined) return answer(409);
      return this.#keep(sent);
    }
    if (this.lease === undefined) return answer(404);
    if (method === 'GET') return answer(200, this.lease);
    if (method !== 'PUT' || !path.includes('/leases/portolan')) return answer(405);
    const present = this.lease['metadata'] as JsonObject; // kept by #keep
    return sent.metadata?.['resourceVersion'] === present['resourceVersion'] ? this.#keep(sent) : answer(409);
  }

  /** As somebody with kubectl. */
  edit(change: (lease: JsonObject) => JsonObject): void {
    if (this.lease !== undefined) this.#keep(change(this.lease));
  }

  #keep(lease: JsonObject): KubeResponse {
    this.lease = { ...lease, metadata: { ...(lease['metadata'] as JsonObject), resourceVersion: String(++this.#version) } }; // as above
    return answer(200, this.lease);
  }
}

const answer = (status: number, body: JsonObject = {}): KubeResponse => ({ status, headers: {}, body: JSON.stringify(body) });
export const spec = (server: LeaseServer): JsonObject => (server.lease?.['spec'] ?? {}) as JsonObject; // a Lease's spec
export const annotations = (server: LeaseServer): JsonObject =>
  ((server.lease?.['metadata'] ?? {}) as { annotations: JsonObject }).annotations; // a Lease's metadata

/** How the network treats the next requests of a process; `good` where it says nothing. */
export type Weather = 'good' | 'refused' | 'frozen' | 'reply lost' | { readonly delayMs: number };

export class Process {
  readonly clock = new ProcessClock();
  readonly terms: { signal: AbortSignal }[] = [];
  weather: Weather = 'good';
  readonly stop = new AbortController();
  readonly elector: LeaseElector;
  outcome: string | undefined;
  finish: () => void = () => {};
  /** Whether the work goes on after it was told to stop, until `finish`. */
  lingering = false;
  readonly metrics = new MetricsRegistry();
  readonly #waiting: { at: number; deliver: () => void }[] = [];
  #running: Promise<unknown> = Promise.resolve();

  constructor(server: LeaseServer, identity: string, random: () => number = () => 0.5) {
    this.metrics.declare(kubeMetrics);
    const transport: KubeTransport = {
      request: (request) => this.#request(server, request),
      // oxlint-disable-next-line require-yield
      async *watch() {
        throw new Error('an elector does not watch');
      },
      close: () => Promise.resolve(),
    };
    this.elector = new LeaseElector({
      client: new KubeClient({ transport, clock: this.clock, lane: 'leader' }),
      clock: this.clock,
      log: silentLog,
      metrics: this.metrics,
      random,
      namespace: 'portolan-system',
      name: 'portolan',
      identity,
      onStartedLeading: async (signal) => {
        this.terms.push({ signal });
        if (this.lingering) await new Promise<void>((resolve) => (this.finish = resolve));
      },
    });
  }

  start(): void {
    this.#running = this.elector.run(this.stop.signal).then(
      (outcome) => (this.outcome = outcome),
      (error: unknown) => (this.outcome = String(error)),
    );
  }

  /** Lets everything run that is ready, replies that have arrived included. */
  async run(): Promise<void> {
    for (let turn = 0; turn < 12 && !this.clock.stalled; turn++) {
      const now = this.clock.monotonic();
      for (const reply of this.#waiting.splice(0)) {
        if (reply.at <= now) reply.deliver();
        else this.#waiting.push(reply);
      }
      await Promise.resolve();
    }
  }

  async end(): Promise<void> {
    this.weather = 'good';
    this.clock.stalled = false;
    this.stop.abort(new Error('test over'));
    for (let n = 0; n < 40 && this.outcome === undefined; n++) {
      this.finish();
      this.clock.pass(1_000);
      await settle();
      await this.run();
    }
    await this.#running;
  }

  #request(server: LeaseServer, request: KubeRequest): Promise<KubeResponse> {
    const { weather } = this;
    if (weather === 'refused') return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    if (weather === 'frozen') return new Promise(() => {});
    const reply = server.carryOut(request);
    if (weather === 'reply lost') return Promise.reject(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    if (weather === 'good') return Promise.resolve(reply);
    const at = this.clock.monotonic() + weather.delayMs;
    return new Promise((resolve) => this.#waiting.push({ at, deliver: () => resolve(reply) }));
  }
}

const running: Process[] = [];

/** To be called after each test. */
export async function endAll(): Promise<void> {
  for (const process of running.splice(0)) await process.end();
}

/** Ends with the test, started or not. */
export function track(...processes: Process[]): void {
  running.push(...processes);
}

export function start(server: LeaseServer, ...identities: string[]): Process[] {
  const processes = identities.map((identity) => new Process(server, identity));
  track(...processes);
  for (const process of processes) process.start();
  return processes;
}

export async function pass(ms: number, ...processes: Process[]): Promise<void> {
  for (let passed = 0; passed <= ms; passed += 500) {
    await settle();
    for (const process of processes) await process.run();
    await settle();
    if (passed < ms) for (const process of processes) process.clock.pass(Math.min(500, ms - passed));
  }
}

export const one = <T>(items: readonly T[]): T => items[0] ?? fail('there is none');

function fail(text: string): never {
  throw new Error(text);
}
