import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ranWith, surroundingsOf, type Ran } from '../../test/builders/command-run.ts';
import { toyWith } from '../../test/builders/plan-run.ts';
import type { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { auditedWorld, leaseAnnotation, marksFor, minute, plant } from '../../test/scenarios/audit-world.ts';
import { cloudWrites } from '../../test/scenarios/toy-world.ts';
import type { World } from '../../test/scenarios/world.ts';
import { LbError } from '../errors.ts';
import { KubeClient } from '../kube/client.ts';
import type { AnyProvider } from '../provider.ts';
import { runAudit, type AuditFlags } from './audit.ts';
import { exitCodes } from './io.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await auditedWorld({ deleteStrays: false }));
});
afterEach(() => world.stop());

const audit = (flags: Partial<AuditFlags> = {}, patch: Partial<AnyProvider> = {}): Promise<Ran> =>
  ranWith((io) => runAudit({ output: 'text', timeout: 30_000, ...flags }, io, surroundingsOf(world, { toy: toyWith(cloud, patch) })));
/** The command, and time passing while it waits. */
async function auditing(flags: Partial<AuditFlags>, seconds: number): Promise<Ran> {
  const ran = audit(flags);
  ran.catch(() => {}); // awaited below; it may end before that
  for (let second = 0; second < seconds; second++) await world.rest(1_000);
  return await ran;
}
const serve = async () => {
  await world.start();
  await world.createService('web');
  await world.rest();
};
const ids = () => cloud.balancers.map(({ id }) => id);
const quiet = () => {
  cloud.calls.length = 0;
  world.api.clearLog();
};
const mutations = () => world.api.log.filter(({ mutating }) => mutating);
/** Planted things have numbers that depend on the tests before. */
const anonymous = (text: string) =>
  text
    .replaceAll(/planted-\d+/g, 'planted-N')
    .replaceAll(/198\.51\.100\.\d+/g, '198.51.100.N')
    .replaceAll(/ {2,}/g, '  ');

describe('the look', () => {
  it('shows what is there and whose it is, and changes nothing', async () => {
    await serve();
    plant(cloud, marksFor('service/gone'));
    plant(cloud, marksFor('cluster/elsewhere'));
    plant(cloud, marksFor('service/x', 'cluster-2'));
    plant(cloud, {});
    await world.rest(10 * minute);
    await world.stop();
    await world.clock.advanceAsync(5 * minute);
    quiet();
    const { code, out } = await audit();
    expect(anonymous(out)).toMatchInlineSnapshot(`
      "provider toy: 1 owned, 1 stray, 1 in doubt, 2 foreign
      STATE  KIND  ID  NAME  OF  SINCE  CREATED  WHY
      stray  balancer  planted-N  198.51.100.N  service/gone  2026-01-01T00:10:00Z (5m)  -  its Service does not exist
      in doubt  balancer  planted-N  198.51.100.N  cluster/elsewhere  -  -  it is shared by load balancers of a provider elsewhere, which does not run here
      foreign  balancer  planted-N  198.51.100.N  service/x  -  -  its marks are portolan.dev/cluster=cluster-2, portolan.dev/key=service/x
      foreign  balancer  planted-N  198.51.100.N  -  -  -  it carries no marks
      owned  balancer  lb-1  192.0.2.1  default/web  -  -  -

      1 stray. Nothing was changed; --delete-strays deletes what has been one for longer than 15m.
      "
    `);
    expect(code).toBe(exitCodes.no);
    expect(cloudWrites(cloud)).toEqual([]);
    expect(mutations()).toEqual([]);
  });

  it('says as data what is first seen now, and when the cloud says it was made', async () => {
    const stray = plant(cloud, marksFor('service/gone'));
    const inventory = async function* () {
      yield { kind: 'balancer', id: stray.id, name: 'x', key: 'service/gone', main: true, createdAt: Date.UTC(2026, 0, 2) };
    };
    const { code, out } = await audit({ output: 'json' }, { inventory });
    expect(JSON.parse(out)).toEqual({
      providers: [
        {
          provider: 'toy',
          owned: [],
          strays: [
            {
              kind: 'balancer',
              id: stray.id,
              name: 'x',
              key: 'service/gone',
              firstSeenNow: true,
              createdAt: '2026-01-02T00:00:00.000Z',
              why: 'its Service does not exist',
            },
          ],
          doubt: [],
          foreign: [],
        },
      ],
    });
    expect(code).toBe(exitCodes.no);
  });

  it('calls nothing a stray that may belong to a Service which cannot be read', async () => {
    await serve();
    const direct = world.api.transport;
    const client = new KubeClient({
      clock: world.clock,
      transport: {
        ...direct,
        request: async (request) => {
          const answer = await direct.request(request);
          return request.path.startsWith('/api/v1/services')
            ? { ...answer, body: answer.body.replace('"ports":[', '"ports":[7,') }
            : answer;
        },
      },
    });
    const around = surroundingsOf(world, { toy: toyWith(cloud, {}) }, { client });
    const { out, code } = await ranWith((io) => runAudit({ output: 'text', timeout: 0 }, io, around));
    expect(out).toContain('its Service exists and cannot be read');
    expect(code).toBe(exitCodes.good);
  });

  it('is good where there are no strays', async () => {
    await serve();
    const { code, out } = await audit();
    expect(out).toContain('provider toy: 1 owned, 0 stray, 0 in doubt, 0 foreign');
    expect(out.endsWith('\nNo strays.\n')).toBe(true);
    expect(code).toBe(exitCodes.good);
  });

  it('fails where an inventory breaks off, and calls nothing a stray', async () => {
    plant(cloud, marksFor('service/gone'));
    const inventory = async function* () {
      yield { kind: 'balancer', id: 'a', name: 'a', key: 'service/gone', main: true };
      await Promise.reject(new LbError('CloudUnavailable', 'no cloud'));
    };
    const { code, out } = await audit({}, { inventory });
    expect(out).toContain('provider toy: failed CloudUnavailable: no cloud.');
    expect(out).not.toContain('stray ');
    expect(code).toBe(exitCodes.failed);
  });

  it('says that strays of a provider with a plan-only class are kept', async () => {
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, mode: 'plan-only' as const })) };
    plant(cloud, marksFor('service/gone'));
    expect((await audit()).out).toContain('its Service does not exist; kept, because a class of this provider is plan-only');
  });

  it('lets no name of a cloud steer the terminal', async () => {
    const inventory = async function* () {
      await Promise.resolve();
      yield { kind: 'balancer', id: 'a\u001b[2J', name: 'a\nb', key: '', main: true };
    };
    const { out } = await audit({}, { inventory });
    expect(out).not.toContain('\u001b');
    expect(out).toContain('a b');
  });

  it('knows the providers there are', async () => {
    await expect(audit({ provider: 'tou' })).rejects.toMatchObject({
      code: 'InvalidFlag',
      text: 'no provider is named tou; did you mean toy?',
    });
    expect((await audit({ provider: 'toy' })).code).toBe(exitCodes.good);
    await expect(audit({ provider: 'toy', deleteStrays: true })).rejects.toMatchObject({ code: 'InvalidFlag' });
  });
});

describe('--delete-strays', () => {
  it('asks the process that leads, and prints what that deleted', async () => {
    await serve();
    const old = plant(cloud, marksFor('service/old'));
    await world.rest(26 * minute);
    const young = plant(cloud, marksFor('service/young'));
    const { code, out, err } = await auditing({ deleteStrays: true }, 10);
    expect(err).toBe('another process leads; the wish is on the Lease kube-system/portolan, waiting for the answer\n');
    expect(out.split('\n')[0]).toBe(`deleted balancer ${old.id} of service/old, provider toy`);
    expect(out).toContain('1 stray left: only what has been one for longer than 15m (audit.grace) is deleted.');
    expect(code).toBe(exitCodes.no);
    expect(ids()).toEqual(['lb-1', young.id]);
  });

  it('takes the Lease where nobody leads, gives it back, and keeps to the grace period', async () => {
    await serve();
    const old = plant(cloud, marksFor('service/old'));
    await world.rest(10 * minute);
    await world.stop();
    await world.clock.advanceAsync(16 * minute);
    const young = plant(cloud, marksFor('service/young'));
    quiet();
    const { code, out, err } = await auditing({ deleteStrays: true, output: 'json' }, 10);
    expect(err).toBe('no controller leads; this command takes the Lease and gives it back\n');
    expect(JSON.parse(out)).toMatchObject({
      deleted: [{ provider: 'toy', key: 'service/old', things: [`balancer ${old.id}`] }],
      failures: [],
      providers: [{ owned: [{ service: 'default/web' }], strays: [{ id: young.id }] }],
    });
    expect(code).toBe(exitCodes.no);
    expect(ids()).toEqual(['lb-1', young.id]);
    expect(world.writes()).toEqual([]);
    const lease = world.api.get('coordination.k8s.io', 'v1', 'leases', 'kube-system', 'portolan');
    expect(lease).toMatchObject({ spec: { holderIdentity: '' } });

    await world.clock.advanceAsync(16 * minute);
    const again = await auditing({ deleteStrays: true }, 10);
    expect(again.out).toContain('No strays.');
    expect(again.code).toBe(exitCodes.good);
    expect(ids()).toEqual(['lb-1']);
  });

  it('takes over from a process that died, and from its wish', async () => {
    await serve();
    await world.stop();
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/portolan';
    const dead = { spec: { holderIdentity: 'dead', leaseDurationSeconds: 15 } };
    await world.call('PATCH', path, dead, { 'content-type': 'application/merge-patch+json' });
    const { code, err } = await auditing({ deleteStrays: true, timeout: 60_000 }, 60);
    expect(err).toContain('no controller leads; this command takes the Lease');
    expect(code).toBe(exitCodes.good);
    expect(leaseAnnotation(world, 'portolan.dev/audit-wish')).toBeUndefined();
  });

  it('says what kept a stray from being deleted', async () => {
    await serve();
    plant(cloud, marksFor('service/old'));
    await world.rest(26 * minute);
    cloud.plan('delete', new LbError('PermissionDenied', 'may not delete'));
    const { code, out } = await auditing({ deleteStrays: true }, 10);
    expect(out.split('\n')[0]).toBe('failed provider toy: may not delete');
    expect(code).toBe(exitCodes.failed);
    expect(ids()).toHaveLength(2);
  });

  it('gives up where the process that leads says nothing', async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
    await world.call('POST', path, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'portolan' },
      spec: { holderIdentity: 'older-version', leaseDurationSeconds: 3600 },
    });
    await expect(auditing({ deleteStrays: true, timeout: 5_000 }, 10)).rejects.toMatchObject({
      code: 'ApiUnavailable',
      text: 'the process that leads has not answered in time; the wish stays on the Lease and may still be done',
    });
  });

  it('does nothing without leader election', async () => {
    world.config = { ...world.config, leaderElection: { ...world.config.leaderElection, enabled: false } };
    await expect(audit({ deleteStrays: true })).rejects.toMatchObject({ code: 'InvalidFlag' });
    expect(cloud.calls).toEqual([]);
  });
});
