import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ranWith, surroundingsOf, type Ran } from '../../test/builders/command-run.ts';
import { planOver, served, toyWith } from '../../test/builders/plan-run.ts';
import type { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from '../../test/scenarios/toy-world.ts';
import type { World } from '../../test/scenarios/world.ts';
import { LbError } from '../errors.ts';
import type { AnyProvider } from '../provider.ts';
import { runExplain } from './explain.ts';
import { exitCodes } from './io.ts';
import { buildProgram } from './program.ts';
import { runRelease, type ReleaseFlags } from './release.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
});
afterEach(() => world.stop());

const release = (names: readonly string[], flags: Partial<ReleaseFlags> = {}, patch: Partial<AnyProvider> = {}): Promise<Ran> =>
  ranWith((io) =>
    runRelease(names, { output: 'text', timeout: 20_000, ...flags }, io, surroundingsOf(world, { toy: toyWith(cloud, patch) })),
  );
/** The command, and time passing while it waits. */
async function releasing(names: readonly string[], flags: Partial<ReleaseFlags> = {}, seconds = 5): Promise<Ran> {
  const ran = release(names, { yes: true, ...flags });
  for (let second = 0; second < seconds; second++) await world.rest(1_000);
  return await ran;
}
const patches = () => world.api.log.filter(({ method }) => method === 'PATCH');

describe('without --yes', () => {
  it('prints what would be left behind, and changes nothing', async () => {
    await served(world, cloud);
    const { code, out } = await release(['default/web']);
    expect(out).toMatchInlineSnapshot(`
      "default/web (class toy, provider toy)
        ~ release lb-1
        1 step, disruption: none
        stays: balancer lb-1 (192.0.2.1)

      1 Service: 1 to release. Nothing was changed; --yes does it.
      "
    `);
    expect(code).toBe(exitCodes.no);
    expect(cloudWrites(cloud)).toEqual([]);
    expect(patches()).toEqual([]);
  });

  it('says what is not ours, and what is of a class nobody has', async () => {
    await served(world, cloud, 'old');
    await world.createService('theirs', { loadBalancerClass: 'example.com/internal-vip' });
    world.renameClasses('renamed');
    const theirs = await release(['default/theirs']);
    expect(theirs.out).toContain('Not ours: spec.loadBalancerClass is example.com/internal-vip');
    expect(theirs.code).toBe(exitCodes.good);
    const old = await release(['default/old'], { yes: true });
    expect(old.out).toContain('Left behind: its finalizer portolan.dev/lb.toy');
    expect(old.code).toBe(exitCodes.no);
    expect(patches()).toEqual([]);
  });

  it('says as data the things that stay, with --all for every claimed Service', async () => {
    await served(world, cloud);
    await world.createService('new');
    await world.createService('theirs', { loadBalancerClass: 'example.com/internal-vip' });
    const { out, code } = await release([], { all: true, output: 'json' });
    expect(JSON.parse(out)).toEqual({
      services: [
        { service: 'default/new', class: 'toy', provider: 'toy', outcome: 'to-release', left: [] },
        {
          service: 'default/web',
          class: 'toy',
          provider: 'toy',
          outcome: 'to-release',
          left: [{ kind: 'balancer', name: '192.0.2.1', id: 'lb-1' }],
        },
      ],
    });
    expect(code).toBe(exitCodes.no);
  });

  it('fails where it cannot be seen what would be left', async () => {
    await served(world, cloud);
    const { code, out } = await release(
      ['default/web'],
      {},
      { observe: () => Promise.reject(new LbError('CloudUnavailable', 'no cloud')) },
    );
    expect(out).toContain('failed CloudUnavailable: no cloud.');
    expect(code).toBe(exitCodes.failed);
  });
});

describe('with --yes', () => {
  it('puts the wish on the Service and waits for the controller to do it', async () => {
    await world.start();
    await world.createService('web');
    await world.rest();
    const { code, out, err } = await releasing(['default/web']);
    expect(err).toBe('waiting for the controller to release 1 Service\ndefault/web: released\n');
    expect(out.endsWith('1 Service: 1 to release.\n\nreleased default/web\n')).toBe(true);
    expect(code).toBe(exitCodes.good);
    expect(cloud.balancers).toMatchObject([{ id: 'lb-1', marks: {} }]);
    expect(world.service('web')?.finalizers).toEqual([]);

    const again = await releasing(['default/web']);
    expect(again.out).toContain('released already: portolan.dev/release is on it');
    expect(again.code).toBe(exitCodes.good);
  });

  it('keeps Services that were never served from being claimed, too', async () => {
    await world.createService('new');
    await world.start();
    await world.rest();
    await world.createService('refused', {}, { 'portolan.dev/memory-flavour': 'forbidden' });
    await world.rest();
    const { code } = await releasing([], { all: true });
    expect(code).toBe(exitCodes.good);
    for (const name of ['new', 'refused']) expect(world.conditions(name)).toEqual({ Accepted: 'False Released' });
  });

  it('says that nobody leads, leaves the wish, and the next controller does it', async () => {
    await served(world, cloud);
    const { code, out } = await releasing(['default/web'], {}, 8);
    expect(out).toContain(
      'unfinished default/web: no controller leads (nobody holds the Lease kube-system/portolan); the annotation stays, and the next one to lead does it',
    );
    expect(code).toBe(exitCodes.failed);
    await world.start();
    expect(cloud.balancers).toMatchObject([{ marks: {} }]);
    expect(world.service('web')?.finalizers).toEqual([]);
  });

  it('gives up after the timeout, with what the Service says meanwhile', async () => {
    await world.start();
    await world.createService('web');
    await world.rest();
    cloud.plan('unmark', ...Array.from({ length: 9 }, () => new LbError('PermissionDenied', 'may not untag')));
    const { code, out, err } = await releasing(['default/web'], { timeout: 4_000, output: 'json' }, 8);
    expect(err).toContain('default/web: PermissionDenied: may not untag.');
    expect(JSON.parse(out)).toMatchObject({
      services: [{ outcome: 'unfinished', why: expect.stringContaining('it takes longer; PermissionDenied') as string }],
    });
    expect(code).toBe(exitCodes.failed);
  });

  it('says that somebody took the wish back', async () => {
    await world.start();
    await world.createService('web');
    await world.rest();
    cloud.plan('unmark', new LbError('PermissionDenied', 'may not untag'));
    const ran = release(['default/web'], { yes: true });
    await world.rest(1_000);
    await world.annotate('web', { 'portolan.dev/release': null });
    await world.rest(3_000);
    const { code, out } = await ran;
    expect(out).toContain('unfinished default/web: somebody took the annotation off');
    expect(code).toBe(exitCodes.failed);
    expect(cloud.balancers).toHaveLength(1);
  });

  it('is meant for the Service that was looked at, not for another of its name', async () => {
    await served(world, cloud);
    const observe = async () => {
      await world.patchService('web', { metadata: { finalizers: null } });
      await world.deleteService('web');
      await world.createService('web');
      throw new LbError('CloudUnavailable', 'no cloud');
    };
    const { code, out } = await release(['default/web'], { yes: true }, { observe });
    expect(out).toContain('unfinished default/web: PATCH');
    expect(code).toBe(exitCodes.failed);
    expect(world.service('web')?.annotations).toEqual({});
  });
});

describe('plan and explain', () => {
  it('show a release that is to be done', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/release': 'true' });
    expect((await planOver(world, cloud, ['default/web'])).out).toContain('~ release lb-1');
    const { out, code } = await explain();
    expect(out).toContain('It is being released, so what there is stays and is left to others.');
    expect(out).toContain('Not ready: Released: It is being released: what serves it (192.0.2.1) stays and is left to others.');
    expect(code).toBe(exitCodes.no);
  });

  it('show one that is done', async () => {
    await world.start();
    await world.createService('web');
    await world.rest();
    await world.annotate('web', { 'portolan.dev/release': 'true' });
    await world.rest();
    expect((await planOver(world, cloud, ['default/web'])).out).toContain('Not ours: it was released');
    const { out, code } = await explain();
    expect(out).toContain('Ready: Released: it is served at 192.0.2.1 without Portolan.');
    expect(code).toBe(exitCodes.good);
    await world.patchService('web', { status: { loadBalancer: null } }, '/status');
    expect((await explain()).out).toContain('It was released and publishes no address.');
  });

  const explain = () =>
    ranWith((io) => runExplain('default/web', { output: 'text' }, io, surroundingsOf(world, { toy: toyWith(cloud, {}) })));
});

describe('the command line', () => {
  it.each([[[], {}] as const, [['default/web'], { all: true }] as const])('wants Services or --all: %j %j', async (names, flags) => {
    await expect(release(names, flags)).rejects.toMatchObject({ code: 'InvalidFlag' });
  });

  it('takes no timeout that is no duration', async () => {
    const { err } = await ranWith(async (io) => {
      const program = buildProgram(io, () => {});
      await program.parseAsync(['release', '--timeout', 'soon', 'a/b'], { from: 'user' }).catch(() => {});
      return exitCodes.input;
    });
    expect(err).toContain('It must be a duration such as 30s or 5m.');
  });
});
