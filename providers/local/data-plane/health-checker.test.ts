import { describe, expect, it } from 'vitest';
import { settle } from '../../../src/clock.ts';
import { ip, TestBed } from '../test-bed.ts';
import { HealthChecker, type Probe } from './health-checker.ts';

const address = ip('10.0.0.1');
const healthz: Probe = { kind: 'healthz', address, port: 10_256 };
const intervalMs = 2000;

function setUp() {
  const bed = new TestBed();
  return { bed, network: bed.network, checker: new HealthChecker(bed.network.at(ip('127.0.0.1')), bed.clock, intervalMs) };
}

describe('the health checker', () => {
  it('asks at once, then at every interval, and tells of changes only', async () => {
    const { bed, network, checker } = setUp();
    let status = 200;
    network.serveHttp(healthz, () => status);
    let changes = 0;

    const watch = checker.watch(healthz, () => changes++);
    expect(watch.verdict).toBe('unknown');
    await settle();
    expect([watch.verdict, changes]).toEqual(['healthy', 1]);

    await bed.clock.advanceAsync(3 * intervalMs);
    expect([network.asked.http, changes]).toEqual([4, 1]);

    status = 503;
    await bed.clock.advanceAsync(intervalMs);
    expect([watch.verdict, changes]).toEqual(['unhealthy', 2]);
  });

  it('asks once for all who watch, and stops with the last', async () => {
    const { bed, network, checker } = setUp();
    network.serveHttp(healthz, () => 200);
    const watches = Array.from({ length: 50 }, () => checker.watch(healthz, () => {}));
    await settle();
    expect(network.asked.http).toBe(1);

    for (const watch of watches.slice(1)) watch.stop();
    await bed.clock.advanceAsync(intervalMs);
    expect(network.asked.http).toBe(2);
    for (const watch of watches) watch.stop();
    await bed.clock.advanceAsync(10 * intervalMs);
    expect(network.asked.http).toBe(2);
    expect(bed.clock.nextDueMs()).toBeUndefined();
  });

  it('forgives one silence of a healthy node, not two, and none of an unknown one', async () => {
    const { bed, network, checker } = setUp();
    network.serveHttp(healthz, () => 200);
    const watch = checker.watch(healthz, () => {});
    await settle();
    network.silence(address, true);
    await bed.clock.advanceAsync(intervalMs + 1000);
    expect(watch.verdict).toBe('healthy');
    await bed.clock.advanceAsync(intervalMs + 1000);
    expect(watch.verdict).toBe('unhealthy');
    network.silence(address, false);
    await bed.clock.advanceAsync(intervalMs);
    expect(watch.verdict).toBe('healthy');

    network.silence(address, true);
    const other = checker.watch({ ...healthz, port: 1 }, () => {});
    await bed.clock.advanceAsync(1000);
    expect(other.verdict).toBe('unhealthy');
  });

  it('tells a refusal from silence', async () => {
    const { checker } = setUp();
    const watch = checker.watch({ kind: 'connect', address, port: 30_080 }, () => {});
    await settle();
    expect(watch.verdict).toBe('refused');
  });

  it('opens a connection where that is the question, and leaves at once', async () => {
    const { bed, checker } = setUp();
    const node = await bed.node('node-1', address, { tcp: [30_080] });
    const watch = checker.watch({ kind: 'connect', address, port: 30_080 }, () => {});
    await settle();
    expect(watch.verdict).toBe('healthy');
    expect(node.streams[0]?.destroyed).toBe(true);
  });

  it('asks now when it is hurried, and only once at a time', async () => {
    const { network, checker } = setUp();
    network.serveHttp(healthz, () => 200);
    const watch = checker.watch(healthz, () => {});
    watch.hurry();
    await settle();
    expect(network.asked.http).toBe(1);
    watch.hurry();
    watch.hurry();
    await settle();
    expect(network.asked.http).toBe(2);
  });

  it('says nothing more once it is closed, whatever still comes in', async () => {
    const { bed, network, checker } = setUp();
    network.serveHttp(healthz, () => 200);
    let changes = 0;
    checker.watch(healthz, () => changes++);
    checker.close();
    await bed.clock.advanceAsync(intervalMs);
    expect([changes, bed.clock.nextDueMs()]).toEqual([0, undefined]);
  });
});
