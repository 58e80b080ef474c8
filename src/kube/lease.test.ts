import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { settle, type Clock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { MetricsRegistry } from '../metrics.ts';
import type { JsonObject } from '../model/json.ts';
import { KubeClient } from './client.ts';
import { kubeMetrics } from './kube-metrics.ts';
import { NoElection } from './leadership.ts';
import { LeaseElector } from './lease.ts';
import type { KubeRequest, KubeResponse, KubeTransport } from './transport.ts';

/** The clock of one process. While the process is stalled time goes on and nothing runs; then everything is due at once. */
class ProcessClock implements Clock {
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
class LeaseServer {
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
const spec = (server: LeaseServer): JsonObject => (server.lease?.['spec'] ?? {}) as JsonObject; // a Lease's spec
const annotations = (server: LeaseServer): JsonObject => ((server.lease?.['metadata'] ?? {}) as { annotations: JsonObject }).annotations; // a Lease's metadata

/** How the network treats the next requests of a process; `good` where it says nothing. */
type Weather = 'good' | 'refused' | 'frozen' | 'reply lost' | { readonly delayMs: number };

class Process {
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
afterEach(async () => {
  for (const process of running.splice(0)) await process.end();
});

function start(server: LeaseServer, ...identities: string[]): Process[] {
  const processes = identities.map((identity) => new Process(server, identity));
  running.push(...processes);
  for (const process of processes) process.start();
  return processes;
}

async function pass(ms: number, ...processes: Process[]): Promise<void> {
  for (let passed = 0; passed <= ms; passed += 500) {
    await settle();
    for (const process of processes) await process.run();
    await settle();
    if (passed < ms) for (const process of processes) process.clock.pass(Math.min(500, ms - passed));
  }
}

const one = <T>(items: readonly T[]): T => items[0] ?? expect.fail('there is none');

describe('lease elector', () => {
  it('creates the Lease where there is none, leads, and renews every two seconds', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    expect(a.elector.isLeader).toBe(false);
    expect(a.elector.remainingMs()).toBe(0);

    await pass(0, a);
    expect(a.elector.isLeader).toBe(true);
    expect(a.terms).toHaveLength(1);
    expect(spec(server)).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    expect(await a.metrics.text()).toContain('leader_election_master_status{name="portolan"} 1');

    await pass(20_000, a);
    expect(server.requests.filter((method) => method === 'PUT')).toHaveLength(10);
    expect(spec(server)['renewTime']).toBe('2026-01-01T00:00:20.000000Z');
    expect(a.elector.remainingMs()).toBe(15_000);
    expect(a.terms).toHaveLength(1);
  });

  it('the Lease is ours from the moment the granted request was sent', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = { delayMs: 3_000 };
    await pass(4_500, a);
    expect(a.elector.remainingMs()).toBe(10_500);
    await pass(1_000, a);
    expect(a.elector.remainingMs()).toBe(15_000 - 3_500);
  });

  it('gives up after ten seconds without a renewal, before anybody else can lead', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'refused';
    await pass(9_500, a);
    expect(a.elector.isLeader).toBe(true);
    expect(a.elector.problem()).toContain('connection refused');
    await pass(500, a);
    expect(a.elector.isLeader).toBe(false);
    expect(a.elector.remainingMs()).toBe(0);
    expect(one(a.terms).signal.reason).toMatchObject({ code: 'LeaseLost' });
    expect(a.outcome).toBe('lost');
  });

  it('a server that freezes loses it in time too', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'frozen';
    await pass(10_000, a);
    expect(a.outcome).toBe('lost');
  });

  it('renews through short failures', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'refused';
    await pass(6_000, a);
    a.weather = 'good';
    await pass(2_000, a);
    expect(a.elector.remainingMs()).toBeGreaterThan(12_000);
    expect(a.elector.problem()).toBeUndefined();
  });

  it('a reply that is lost is found again by reading', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'reply lost';
    await pass(2_500, a);
    a.weather = 'good';
    await pass(10_000, a);
    expect(a.elector.isLeader).toBe(true);
    expect(a.elector.remainingMs()).toBeGreaterThan(10_000);
  });

  it('a standby takes over when the holder was silent for the whole duration, not before', async () => {
    const server = new LeaseServer();
    const [a, b] = start(server, 'a', 'b');
    if (a === undefined || b === undefined) return expect.fail();
    await pass(0, a, b);
    expect([a.elector.isLeader, b.elector.isLeader]).toEqual([true, false]);
    a.clock.stalled = true;
    await pass(15_000, a, b);
    expect(b.elector.isLeader).toBe(false);
    await pass(6_000, a, b);
    expect(b.elector.isLeader).toBe(true);
    expect(spec(server)['leaseTransitions']).toBe(1);

    // The old holder comes back: its event loop was blocked, so it has lost, whatever runs first.
    expect(a.elector.remainingMs()).toBe(0);
    a.clock.stalled = false;
    a.clock.fire();
    await pass(500, a, b);
    expect(a.outcome).toBe('lost');
    expect(spec(server)['holderIdentity']).toBe('b');
  });

  it('a blocked event loop counts as lost, also where nobody took the Lease', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.clock.stalled = true;
    a.clock.pass(11_000);
    a.clock.stalled = false;
    a.clock.fire();
    await pass(0, a);
    expect(a.outcome).toBe('lost');
  });

  it('the answer to a renewal that a blocked moment held up brings nothing back', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'refused';
    await pass(7_500, a);
    a.weather = { delayMs: 500 };
    await pass(500, a);
    a.clock.stalled = true;
    a.clock.pass(3_000);
    a.clock.stalled = false;
    await a.run(); // the answer first, the timers later
    await settle();
    a.clock.fire();
    await pass(0, a);
    expect(a.outcome).toBe('lost');
  });

  it('gives it back when told to stop, and the standby leads at once', async () => {
    const server = new LeaseServer();
    const [a, b] = start(server, 'a', 'b');
    if (a === undefined || b === undefined) return expect.fail();
    await pass(3_000, a, b);
    a.stop.abort(new Error('stop'));
    await pass(0, a, b);
    expect(a.outcome).toBe('stopped');
    expect(spec(server)['holderIdentity']).toBe('');
    await pass(4_500, a, b);
    expect(b.elector.isLeader).toBe(true);
  });

  it('keeps it until the work has ended, however long that takes', async () => {
    const server = new LeaseServer();
    const a = new Process(server, 'a');
    running.push(a);
    a.lingering = true;
    a.start();
    await pass(0, a);
    a.stop.abort(new Error('stop'));
    await pass(20_000, a);
    expect(one(a.terms).signal.aborted).toBe(true);
    expect(a.elector.remainingMs()).toBeGreaterThan(10_000);
    expect(a.outcome).toBeUndefined();
    a.finish();
    await pass(500, a);
    expect(a.outcome).toBe('stopped');
    expect(spec(server)['holderIdentity']).toBe('');
  });

  it('a failing release is no failure to stop', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'refused';
    a.stop.abort(new Error('stop'));
    await pass(0, a);
    expect(a.outcome).toBe('stopped');
    expect(a.elector.isLeader).toBe(false);
  });

  it('work that throws gives the Lease back and is not swallowed', async () => {
    const server = new LeaseServer();
    const a = new Process(server, 'a');
    running.push(a);
    const broken = new LeaseElector({
      client: new KubeClient({
        transport: { request: (r) => Promise.resolve(server.carryOut(r)), watch: () => expect.fail(), close: () => Promise.resolve() },
        clock: a.clock,
      }),
      clock: a.clock,
      log: silentLog,
      metrics: a.metrics,
      random: () => 0,
      namespace: 'portolan-system',
      name: 'portolan',
      identity: 'x',
      onStartedLeading: () => {
        throw new Error('cannot work');
      },
    });
    await expect(broken.run(a.stop.signal)).rejects.toThrow('cannot work');
    expect(spec(server)['holderIdentity']).toBe('');
  });

  it("respects a holder's own duration", async () => {
    const server = new LeaseServer();
    server.lease = { metadata: { resourceVersion: '0' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 60, renewTime: 'x' } };
    const a = one(start(server, 'a'));
    await pass(59_000, a);
    expect(a.elector.isLeader).toBe(false);
    await pass(6_000, a);
    expect(a.elector.isLeader).toBe(true);
  });

  it('takes a Lease that nobody holds, or that is quite empty', async () => {
    for (const lease of [{ spec: { holderIdentity: '' } }, {}]) {
      const server = new LeaseServer();
      server.lease = { ...lease, metadata: { resourceVersion: '0' } };
      const a = one(start(server, 'a'));
      await pass(0, a);
      expect(a.elector.isLeader).toBe(true);
    }
  });

  it('an annotation by somebody else is no sign of life of the holder', async () => {
    const server = new LeaseServer();
    server.lease = { metadata: { resourceVersion: '0' }, spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } };
    const a = one(start(server, 'a'));
    for (let n = 0; n < 20; n++) {
      await pass(1_000, a);
      server.edit((lease) => ({ ...lease, metadata: { ...(lease['metadata'] as JsonObject), annotations: { n: String(n) } } })); // a Lease's metadata
    }
    expect(a.elector.isLeader).toBe(true);
  });

  it('a missing namespace is a clear problem, and only that', async () => {
    const server = new LeaseServer();
    server.namespaceExists = false;
    const a = one(start(server, 'a'));
    await pass(0, a);
    expect(a.elector.problem()).toBe('the namespace portolan-system of the Lease portolan does not exist');
    server.namespaceExists = true;
    await pass(5_000, a);
    expect(a.elector.isLeader).toBe(true);
    expect(a.elector.problem()).toBeUndefined();
  });

  it('a Lease that was deleted is made again, with what we kept on it', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    await a.elector.setAnnotation('portolan.dev/epoch', 'abc');
    server.lease = undefined;
    await pass(3_000, a);
    expect(a.elector.isLeader).toBe(true);
    expect(spec(server)['holderIdentity']).toBe('a');
    expect(annotations(server)['portolan.dev/epoch']).toBe('abc');
  });

  it("somebody else's name on it ends the term at once", async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    server.edit((lease) => ({ ...lease, spec: { ...(lease['spec'] as JsonObject), holderIdentity: 'thief' } })); // a Lease's spec
    const asked = a.elector.setAnnotation('x', 'y');
    await expect(asked).rejects.toMatchObject({ code: 'LeaseLost' });
    expect(one(a.terms).signal.aborted).toBe(true);
    await pass(2_500, a);
    expect(a.outcome).toBe('lost');
    expect(spec(server)['holderIdentity']).toBe('thief');
  });

  it('says when it leads by its own account and the Lease is long out of date', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    expect(a.elector.stuck()).toBeUndefined();
    a.clock.stalled = true;
    a.clock.pass(36_000);
    expect(a.elector.stuck()).toBe('the Lease was not renewed for 36 s');
  });
});

describe('annotations of the Lease', () => {
  it('are set and removed, and leave those of others alone', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    await a.elector.setAnnotation('portolan.dev/epoch', 'one');
    server.edit((lease) => ({
      ...lease,
      metadata: { ...(lease['metadata'] as JsonObject), annotations: { ...annotations(server), foreign: 'kept' } },
    })); // a Lease's metadata
    await a.elector.setAnnotation('portolan.dev/epoch', 'two');
    expect(a.elector.annotation('portolan.dev/epoch')).toBe('two');
    expect(annotations(server)).toEqual({ foreign: 'kept', 'portolan.dev/epoch': 'two' });
    await a.elector.setAnnotation('portolan.dev/epoch', undefined);
    expect(annotations(server)).toEqual({ foreign: 'kept' });
    expect(a.elector.annotation('portolan.dev/epoch')).toBeUndefined();
  });

  it('are seen by the next leader', async () => {
    const server = new LeaseServer();
    const [a, b] = start(server, 'a', 'b');
    if (a === undefined || b === undefined) return expect.fail();
    await pass(0, a, b);
    await a.elector.setAnnotation('portolan.dev/epoch', 'one');
    expect(b.elector.annotation('portolan.dev/epoch')).toBeUndefined();
    a.stop.abort(new Error('stop'));
    await pass(4_500, a, b);
    expect(b.elector.annotation('portolan.dev/epoch')).toBe('one');
  });

  it('are refused to who does not lead', async () => {
    const a = new Process(new LeaseServer(), 'a');
    await expect(a.elector.setAnnotation('x', 'y')).rejects.toMatchObject({ code: 'LeaseLost' });
    expect(a.elector.annotation('x')).toBeUndefined();
  });

  it('at the same time as renewals and each other are all written', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(1_900, a);
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => a.elector.setAnnotation(name, name)));
    await pass(500, a);
    expect(Object.keys(annotations(server)).join('')).toBe('abcdef');
  });

  it('a write that fails says so', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    a.weather = 'refused';
    await expect(a.elector.setAnnotation('x', 'y')).rejects.toBeInstanceOf(LbError);
    expect(a.elector.isLeader).toBe(true);
  });
});

describe('two processes, whatever happens', () => {
  const weather = fc.constantFrom<Weather>('good', 'good', 'good', 'refused', 'frozen', 'reply lost', { delayMs: 700 }, { delayMs: 4_000 });
  const command = fc.record({
    who: fc.constantFrom(0, 1),
    weather,
    stall: fc.constantFrom(false, false, false, true),
    ms: fc.constantFrom(100, 500, 2_000, 5_000, 11_000, 16_000),
    annotate: fc.boolean(),
  });

  it('never both may act, and one of them leads again in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30, size: 'max' }), async (commands) => {
        const server = new LeaseServer();
        let pair = [new Process(server, 'a-0'), new Process(server, 'b-0')];
        let generation = 0;
        for (const process of pair) process.start();
        const check = () => {
          const able = pair.filter((process) => process.elector.remainingMs() > 0);
          if (able.length > 1) throw new Error('two may act');
        };
        const tick = async (ms: number) => {
          for (let passed = 0; passed < ms; passed += 100) {
            for (const process of pair) {
              process.clock.pass(100);
              check();
              await process.run();
              await settle();
              check();
            }
            // A process that has lost ends; another one takes its place.
            pair = pair.map((process, index) => {
              if (process.outcome === undefined) return process;
              const next = new Process(server, `${index === 0 ? 'a' : 'b'}-${++generation}`);
              const behind = process.clock.monotonic() - next.clock.monotonic();
              next.clock.pass(behind);
              next.start();
              return next;
            });
          }
        };
        for (const step of commands) {
          const process = pair[step.who];
          if (process === undefined) continue;
          process.weather = step.weather;
          process.clock.stalled = step.stall;
          if (!step.stall) process.clock.fire();
          if (step.annotate) void process.elector.setAnnotation('n', String(generation)).catch(() => {});
          await tick(step.ms);
        }
        for (const process of pair) {
          process.weather = 'good';
          process.clock.stalled = false;
          process.clock.fire();
        }
        await tick(40_000);
        expect(pair.filter((process) => process.elector.remainingMs() > 0)).toHaveLength(1);
        for (const process of pair) await process.end();
      }),
      { numRuns: 60 },
    );
  });
});

describe('no election', () => {
  it('always leads, for ever, and keeps nothing', async () => {
    const stop = new AbortController();
    const terms: AbortSignal[] = [];
    const alone = new NoElection((signal) => void terms.push(signal));
    expect(alone.remainingMs()).toBe(0);
    const running = alone.run(stop.signal);
    await settle();
    expect([alone.isLeader, alone.remainingMs(), terms]).toEqual([true, Number.POSITIVE_INFINITY, [stop.signal]]);
    await alone.setAnnotation();
    expect([alone.annotation(), alone.problem(), alone.stuck()]).toEqual([undefined, undefined, undefined]);
    stop.abort(new Error('stop'));
    expect(await running).toBe('stopped');
    expect(alone.isLeader).toBe(false);
  });

  it('work that throws is not swallowed', async () => {
    const alone = new NoElection(() => {
      throw new Error('cannot work');
    });
    await expect(alone.run(new AbortController().signal)).rejects.toThrow('cannot work');
    expect(alone.isLeader).toBe(false);
  });
});
