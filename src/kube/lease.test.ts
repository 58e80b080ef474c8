import { afterEach, describe, expect, it } from 'vitest';
import { annotations, endAll, LeaseServer, one, pass, Process, spec, start, track } from '../../test/lease-world.ts';
import { settle } from '../clock.ts';
import { silentLog } from '../log.ts';
import type { JsonObject } from '../model/json.ts';
import { KubeClient } from './client.ts';
import { LeaseElector } from './lease.ts';

afterEach(endAll);

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
    expect(a.elector.isLost).toBe(true);
  });

  it('is lost to a process that stood still for the whole duration, before anything of it runs', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    await pass(0, a);
    expect(a.elector.isLost).toBe(false);
    a.clock.stalled = true;
    a.clock.pass(15_000);
    expect(a.elector.isLeader).toBe(true);
    expect(a.elector.isLost).toBe(true);
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
    track(a);
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
    track(a);
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
    expect(a.elector.isLost).toBe(true);
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

  it('says when it lost the Lease long ago and its work does not end', async () => {
    const server = new LeaseServer();
    const a = one(start(server, 'a'));
    a.lingering = true;
    await pass(0, a);
    a.weather = 'refused';
    await pass(34_500, a);
    expect([a.elector.isLost, a.elector.stuck()]).toEqual([true, undefined]);
    await pass(500, a);
    expect(a.elector.stuck()).toBe('the Lease was not renewed for 35 s');

    a.finish();
    await pass(0, a);
    expect([a.outcome, a.elector.stuck()]).toEqual(['lost', undefined]);
  });
});
