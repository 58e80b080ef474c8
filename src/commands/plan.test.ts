import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planOver, plannedOver, served, type PlanHow } from '../../test/builders/plan-run.ts';
import type { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { cloudWrites, toyWorld } from '../../test/scenarios/toy-world.ts';
import type { World } from '../../test/scenarios/world.ts';
import { ranWith } from '../../test/builders/command-run.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import { exitCodes } from './io.ts';
import { buildProgram } from './program.ts';

let world: World;
let cloud: MemoryCloud;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
  world.api.clearLog();
});
afterEach(() => world.stop());

const plan = (names: readonly string[] = [], how: PlanHow = {}) => planOver(world, cloud, names, how);
const planned = (names: readonly string[] = [], how: PlanHow = {}) => plannedOver(world, cloud, names, how);
const writes = () => world.api.log.filter(({ mutating }) => mutating);

describe('what is to be done', () => {
  it('prints the steps for a Service that is not there yet in the cloud, and does none of them', async () => {
    await world.createService('web');
    world.api.clearLog();
    const { code, out } = await plan(['default/web']);
    expect(out).toMatchInlineSnapshot(`
      "default/web (class toy, provider toy)
        + create a balancer
        + create TCP/80
        + members: n1,n2
        3 steps, disruption: none

      1 Service: 1 to change.
      "
    `);
    expect(code).toBe(exitCodes.no);
    expect(cloudWrites(cloud)).toEqual([]);
    expect(writes()).toEqual([]);
  });

  it('is empty for a Service that is served', async () => {
    await served(world, cloud);
    const { code, out } = await plan(['default/web']);
    expect(out).toMatchInlineSnapshot(`
      "default/web (class toy, provider toy)
        nothing to do

      1 Service: 1 with nothing to do.
      "
    `);
    expect(code).toBe(exitCodes.good);
  });

  it('takes every claimed Service without arguments, and says nothing of those with nothing to do', async () => {
    await served(world, cloud);
    await world.createService('new');
    await world.createService('theirs', { loadBalancerClass: 'example.com/internal-vip' });
    const { code, out } = await plan();
    expect(out).toMatchInlineSnapshot(`
      "default/new (class toy, provider toy)
        + create a balancer
        + create TCP/80
        + members: n1,n2
        3 steps, disruption: none

      2 Services: 1 to change, 1 with nothing to do.
      "
    `);
    expect(code).toBe(exitCodes.no);
  });

  it('says so when no Service is claimed', async () => {
    await world.createService('theirs', { loadBalancerClass: 'example.com/internal-vip' });
    expect(await plan()).toEqual({ code: exitCodes.good, out: 'No Service is claimed by a class of this configuration.\n', err: '' });
  });

  it('takes away what a Service of another type leaves', async () => {
    await served(world, cloud);
    await world.patchService('web', { spec: { type: 'ClusterIP' } });
    const { code, out } = await plan();
    expect(out).toMatchInlineSnapshot(`
      "default/web (class toy, provider toy)
        - delete lb-1  [destroys]
        1 step, disruption: destroys

      1 Service: 1 to change.
      "
    `);
    expect(code).toBe(exitCodes.no);
  });

  it('gives the same as data', async () => {
    await world.createService('web');
    const { code, services } = await planned();
    expect(code).toBe(exitCodes.no);
    expect(services).toMatchObject([{ service: 'default/web', class: 'toy', provider: 'toy', outcome: 'changes', held: [], refusals: [] }]);
    expect(services[0]?.steps?.map(({ id, verb }) => `${verb} ${id}`)).toEqual([
      'create balancer',
      'create listener/TCP/80',
      'create members/new',
    ]);
  });

  it('names whose a Service is that is not ours', async () => {
    await world.createService('theirs', { loadBalancerClass: 'example.com/internal-vip' });
    const { code, out } = await plan(['default/theirs']);
    expect(out).toContain('Not ours: spec.loadBalancerClass is example.com/internal-vip; this configuration has portolan.dev/toy.');
    expect(code).toBe(exitCodes.good);
  });

  it('names a Service left behind by a class that is gone, and plans nothing for it', async () => {
    await served(world, cloud);
    world.renameClasses('other');
    const { code, out } = await plan();
    expect(out).toContain('Left behind: its finalizer portolan.dev/lb.toy names a class this configuration does not have');
    expect(code).toBe(exitCodes.good);
  });

  it('says that a class in plan-only mode does none of it', async () => {
    await world.createService('web');
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, mode: 'plan-only' as const })) };
    expect((await plan()).out).toContain('3 steps, disruption: none; the class runs in plan-only mode, so none of it is done');
  });

  it('colours signs where colours are wanted, and only there', async () => {
    await world.createService('web');
    expect((await plan([], { colour: true })).out).toContain('\u001B[32m+\u001B[39m');
    expect((await plan()).out).not.toContain('\u001B');
  });
});

describe('what needs a word', () => {
  const codeOfCondition = () => /approve: "([0-9a-f]+)"/.exec(world.message('web', 'portolan.dev/Programmed'))?.[1];

  it('holds a change that loses the address, with the code that the controller writes into the condition', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    const { code, out } = await plan(['default/web']);
    expect(out).toMatchInlineSnapshot(`
      "default/web (class toy, provider toy)
        + create a balancer
        + create TCP/80
        + members: n1,n2
        - delete lb-1  [changes-address; 192.0.2.1 is served until no status has named it for 1m]
        held ApprovalRequired d029a48053: This would lose 192.0.2.1 (lb-1) because of scheme: public → internal. To allow it set the annotation portolan.dev/approve: "d029a48053"; else undo the change.
        approve with: kubectl annotate service --namespace default web --overwrite portolan.dev/approve=d029a48053
        4 steps, disruption: changes-address; none of it is done before it is approved

      1 Service: 1 held for approval.
      "
    `);
    expect(code).toBe(exitCodes.held);
    const { services } = await planned(['default/web']);

    await world.start();
    await world.rest();
    expect(services[0]?.held?.map((held) => held.code)).toEqual([codeOfCondition()]);
  });

  it('holds what a class change would interrupt, with the same code as the controller', async () => {
    await served(world, cloud);
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, settings: { scheme: 'internal' } })) };
    const { code, services } = await planned();
    expect(code).toBe(exitCodes.held);
    expect(services[0]?.held).toMatchObject([{ reason: 'ClassChange' }]);

    await world.start();
    await world.rest();
    expect(services[0]?.held?.map((held) => held.code)).toEqual([codeOfCondition()]);
  });

  it('shows the steps as they will be done once the code is set', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    const [row] = (await planned()).services;
    await world.annotate('web', { 'portolan.dev/approve': row?.held?.[0]?.code ?? '' });
    const { code, out } = await plan();
    expect(code).toBe(exitCodes.no);
    expect(out).toContain('[changes-address; 192.0.2.1 is served until no status has named it for 1m]');
  });

  it('keeps a code that was set before in the command that approves', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/scheme': 'internal', 'portolan.dev/approve': 'aaaaaaaaaa' });
    const [row] = (await planned()).services;
    expect((await plan()).out).toContain(`portolan.dev/approve=aaaaaaaaaa,${row?.held?.[0]?.code}\n`);
  });

  it('follows the guard of the class', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    const guard = { ...defaultGuard, 'changes-address': 'allow' as const };
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, guard })) };
    expect((await planned()).code).toBe(exitCodes.no);
  });

  it('shows what is refused with field and remedy, and that members follow meanwhile', async () => {
    await served(world, cloud);
    await world.annotate('web', { 'portolan.dev/shceme': 'internal' });
    await world.addNodes('n3');
    const { code, out } = await plan();
    expect(out).toMatchInlineSnapshot(`
      "default/web (class toy, provider toy)
        refused UnknownSetting: portolan.dev/shceme: unknown annotation; did you mean portolan.dev/scheme? Correct the spelling or remove it.
        meanwhile, because members follow the nodes:
        ~ members: n1,n2,n3

      1 Service: 1 refused.
      "
    `);
    expect(code).toBe(exitCodes.no);
  });

  it('asks the cloud nothing for a refused Service that is not served', async () => {
    await world.createService('web', {}, { 'portolan.dev/shceme': 'internal' });
    const { code, services } = await planned();
    expect(code).toBe(exitCodes.no);
    expect(services).toMatchObject([{ outcome: 'refused', refusals: [{ field: 'portolan.dev/shceme' }], steps: [], meanwhile: [] }]);
    expect(cloud.calls).toEqual([]);
  });

  it('shows a refusal of the provider', async () => {
    await world.createService('web', {}, { 'portolan.dev/memory-flavour': 'forbidden' });
    const { code, services } = await planned();
    expect(code).toBe(exitCodes.no);
    expect(services).toMatchObject([{ outcome: 'refused', refusals: [{ reason: 'UnsupportedFeature', field: 'flavour' }] }]);
  });

  it("refuses a classless Service that carries another controller's finalizer", async () => {
    await world.createService('web');
    await world.patchService('web', { metadata: { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] } });
    const { code, out } = await plan();
    expect(code).toBe(exitCodes.no);
    expect(out).toContain('refused HeldByOther: metadata.finalizers holds service.kubernetes.io/load-balancer-cleanup');
  });
});

it('has a help with examples and both spellings of its flags', async () => {
  const help = await ranWith(async (io) => {
    const program = buildProgram(io, () => {});
    await program.parseAsync(['plan', '--help'], { from: 'user' }).catch(() => {});
    return exitCodes.good;
  });
  for (const part of ['-f, --filename', '--config', '--kubeconfig', '-o, --output', 'portolan plan -f service.yaml', 'Exit codes']) {
    expect(help.out).toContain(part);
  }
});
