import { describe, expect, it } from 'vitest';
import { settle } from '../../../src/clock.ts';
import type { IpAddress } from '../../../src/net/ip.ts';
import { ip, TestBed } from '../test-bed.ts';
import { HealthBoards } from './health-board.ts';
import { HealthChecker } from './health-checker.ts';
import { MemberPool, type PoolConfig } from './member-pool.ts';

const [a, b, c] = [ip('10.0.0.1'), ip('10.0.0.2'), ip('10.0.0.3')];
const client = ip('10.9.9.9');
const cluster: PoolConfig = {
  target: { protocol: 'TCP', nodePort: 30_080, healthCheck: { kind: 'cluster' } },
  members: [a, b, c],
  affinity: { kind: 'none' },
};
const local: PoolConfig = { ...cluster, target: { ...cluster.target, healthCheck: { kind: 'local', port: 32_000 } } };

/** What the nodes answer on a health port, by address; who is not named refuses. */
type Answers = readonly (readonly [address: IpAddress, port: number, status: number])[];
const all = (status: number, port = 10_256): Answers => [a, b, c].map((address) => [address, port, status] as const);

function setUp(config: PoolConfig, answers: Answers = [], silent: readonly IpAddress[] = []) {
  const bed = new TestBed();
  const healthz = (address: IpAddress, port: number, status: number) => bed.network.serveHttp({ address, port }, () => status);
  for (const answer of answers) healthz(...answer);
  for (const address of silent) bed.network.silence(address, true);
  const checker = new HealthChecker(bed.network.at(ip('127.0.0.1')), bed.clock, 2000);
  let changes = 0;
  const pool = new MemberPool(config, { checker, boards: new HealthBoards(checker), clock: bed.clock }, () => changes++);
  const picks = async (count: number, from = client) => {
    const found: (string | undefined)[] = [];
    for (let index = 0; index < count; index++) found.push((await pool.pick(from))?.address);
    return found;
  };
  return { bed, pool, healthz, picks, changes: () => changes };
}

describe('round robin', () => {
  it('takes the healthy ones in turn', async () => {
    const { picks } = setUp(cluster, [...all(200), [b, 10_256, 503]]);
    await settle();
    expect(await picks(4)).toEqual([a, c, a, c]);
  });

  it('waits for the first verdict rather than guess', async () => {
    const { pool } = setUp(cluster, [[b, 10_256, 200]], [a]);
    expect(await pool.pick(client)).toEqual({ address: b, port: 30_080 });
  });

  it('leaves out who was tried already, until nobody is left', async () => {
    const { pool } = setUp(cluster, all(200));
    await settle();
    expect((await pool.pick(client, new Set([a, b])))?.address).toBe(c);
    expect(await pool.pick(client, new Set([a, b, c]))).toBeUndefined();
  });

  it('has nowhere to go without members', async () => {
    const { pool } = setUp({ ...cluster, members: [] });
    expect(await pool.pick(client)).toBeUndefined();
    expect(pool.deserted).toBe(false);
  });
});

describe('nobody healthy', () => {
  it('under Cluster everybody is tried in turn', async () => {
    const { pool, picks } = setUp(cluster, all(503));
    await settle();
    expect(pool.deserted).toBe(true);
    expect(await picks(3)).toEqual([a, b, c]);
    expect(pool.mayServe({ address: a, port: 30_080 })).toBe(true);
  });

  it('under Local nobody is: no node could answer', async () => {
    const { pool, picks } = setUp(local, all(503, 32_000));
    await settle();
    expect(await picks(1)).toEqual([undefined]);
    expect(pool.mayServe({ address: a, port: 30_080 })).toBe(false);
  });
});

describe('who is healthy', () => {
  it('under Local has an endpoint; a health port that refuses is none', async () => {
    const answers: Answers = [
      [c, 32_000, 200],
      [a, 10_256, 200],
    ];
    const { bed, picks } = setUp(local, answers);
    await settle();
    expect(await picks(2)).toEqual([c, c]);
    expect(bed.network.asked.connect).toBe(0);
  });

  it('under Cluster takes connections on its node port, where kube-proxy has no health port', async () => {
    const { bed, picks } = setUp(cluster);
    void bed.network.at(b).listenTcp(
      { address: b, port: 30_080 },
      ({ stream }) => stream.on('error', () => {}),
      () => {},
    );
    await settle();
    expect(await picks(2)).toEqual([b, b]);
  });

  it('is asked by kube-proxy again as soon as that answers', async () => {
    const { bed, pool, healthz } = setUp({ ...cluster, members: [a] });
    await settle();
    expect(pool.deserted).toBe(true);
    const before = bed.network.asked.connect;
    healthz(a, 10_256, 200);
    await bed.clock.advanceAsync(2000);
    expect(pool.isHealthy(a)).toBe(true);
    const between = bed.network.asked.connect;
    await bed.clock.advanceAsync(10_000);
    expect(bed.network.asked.connect).toBe(between);
    expect(before).toBeGreaterThan(0);
  });

  it('for UDP is any host that is up, where kube-proxy has no health port', async () => {
    const { bed, pool } = setUp({ ...cluster, target: { ...cluster.target, protocol: 'UDP' } }, [], [a]);
    await bed.clock.advanceAsync(1000);
    expect([a, b, c].map((member) => pool.isHealthy(member))).toEqual([false, true, true]);
  });

  it('is known at once after a node port changed: kube-proxy was asked before', async () => {
    const { pool } = setUp(cluster, all(200));
    await settle();
    pool.update({ ...cluster, target: { ...cluster.target, nodePort: 31_000 } });
    expect(pool.isHealthy(a)).toBe(true);
    expect(pool.has({ address: a, port: 30_080 })).toBe(false);
    expect(pool.has({ address: a, port: 31_000 })).toBe(true);
  });

  it('is asked at once when a connection to it failed', async () => {
    const { bed, pool, healthz } = setUp({ ...cluster, members: [a] }, all(200));
    await settle();
    healthz(a, 10_256, 503);
    pool.suspect({ address: a, port: 30_080 });
    await settle();
    expect(pool.isHealthy(a)).toBe(false);
    expect(bed.network.asked.http).toBe(2);
  });

  it('is told when it changes, not when the pool is told of members', async () => {
    const { pool, changes } = setUp({ ...cluster, members: [a] }, all(200));
    expect(changes()).toBe(0);
    await settle();
    expect(changes()).toBe(1);
    pool.update({ ...cluster, members: [] });
    expect([changes(), pool.isHealthy(a)]).toEqual([1, false]);
  });

  it('is asked no more once the pool is closed, and who waits is let go', async () => {
    const { bed, pool } = setUp({ ...cluster, members: [a] }, [], [a]);
    const waiting = pool.pick(client);
    pool.close();
    expect(await waiting).toBeUndefined();
    await bed.clock.advanceAsync(10_000);
    expect(bed.network.asked.http).toBe(1);
  });
});

describe('ClientIP affinity', () => {
  const sticky: PoolConfig = { ...cluster, affinity: { kind: 'client-ip', timeoutSeconds: 60 } };

  it('sends a client to the same member for as long as it keeps coming', async () => {
    const { bed, picks } = setUp(sticky, all(200));
    await settle();
    expect(await picks(3)).toEqual([a, a, a]);
    expect(await picks(2, ip('10.9.9.10'))).toEqual([b, b]);
    await bed.clock.advanceAsync(50_000);
    expect(await picks(1)).toEqual([a]);
    await bed.clock.advanceAsync(50_000);
    expect(await picks(1)).toEqual([a]);
    await bed.clock.advanceAsync(60_000);
    expect(await picks(1)).toEqual([c]);
  });

  it('sends it elsewhere when its member is unhealthy, gone, or was just tried', async () => {
    const { bed, pool, picks, healthz } = setUp(sticky, all(200));
    await settle();
    expect(await picks(1)).toEqual([a]);
    healthz(a, 10_256, 503);
    await bed.clock.advanceAsync(2000);
    const [next] = await picks(1);
    expect(next).not.toBe(a);
    expect((await pool.pick(client, new Set(next === undefined ? [] : [ip(next)])))?.address).not.toBe(next);
    pool.update({ ...sticky, members: [b] });
    expect(await picks(1)).toEqual([b]);
  });

  it('is forgotten when it is switched off', async () => {
    const { pool, picks } = setUp(sticky, all(200));
    await settle();
    await picks(1);
    pool.update(cluster);
    expect(await picks(2)).toEqual([b, c]);
    pool.update(sticky);
    expect(await picks(1)).toEqual([a]);
  });
});
