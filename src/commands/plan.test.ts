import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ranWith, surroundingsOf, type Ran } from '../../test/builders/command-run.ts';
import type { MemoryCloud } from '../../test/fixtures/memory-cloud.ts';
import { memoryProvider } from '../../test/fixtures/memory-provider.ts';
import { cloudWrites, toyWorld } from '../../test/scenarios/toy-world.ts';
import type { World } from '../../test/scenarios/world.ts';
import { LbError } from '../errors.ts';
import { classId } from '../model/ids.ts';
import { defaultGuard } from '../model/load-balancer-class.ts';
import type { AnyProvider, AnyProviderDefinition, ProviderHost } from '../provider.ts';
import { buildProgram } from './program.ts';
import { exitCodes } from './io.ts';
import type { Surroundings } from './look/surroundings.ts';
import { runPlan, type PlanFlags } from './plan.ts';
import { readManifests } from './plan/manifests.ts';

let world: World;
let cloud: MemoryCloud;
let folder: string;
beforeEach(async () => {
  ({ world, cloud } = await toyWorld());
  world.api.clearLog();
  folder = await mkdtemp(join(tmpdir(), 'portolan-plan-'));
});
afterEach(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

const plan = (names: readonly string[] = [], flags: Partial<PlanFlags> = {}, patch: Partial<Surroundings> = {}): Promise<Ran> =>
  ranWith((io) =>
    runPlan(names, { output: 'text', filename: [], ...flags }, io, surroundingsOf(world, { toy: memoryProvider(cloud) }, patch)),
  );

const planned = async (...args: Parameters<typeof plan>) => {
  const { code, out } = await plan(args[0], { ...args[1], output: 'json' }, args[2]);
  const { services } = JSON.parse(out) as { services: readonly Row[] }; // printed by the command under test
  return { code, services };
};
interface Row {
  readonly service: string;
  readonly outcome: string;
  readonly class?: string;
  readonly provider?: string;
  readonly steps?: readonly { readonly id: string; readonly verb: string; readonly summary: string }[];
  readonly meanwhile?: readonly { readonly summary: string }[];
  readonly held?: readonly { readonly code: string; readonly reason: string }[];
  readonly refusals?: readonly { readonly reason: string; readonly field?: string }[];
  readonly error?: { readonly reason: string; readonly text: string };
}

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

/** A controller has served it and is gone, so that nothing moves by itself. */
const served = async (name = 'web') => {
  await world.start();
  await world.createService(name);
  await world.rest();
  await world.stop();
  cloud.calls.length = 0;
  world.api.clearLog();
};

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
    await served();
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
    await served();
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
    await served();
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
    await served();
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, id: classId('other') })) };
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
    const run = (colour: boolean) =>
      ranWith((io) => runPlan([], { output: 'text', filename: [] }, io, surroundingsOf(world, { toy: memoryProvider(cloud) })), colour);
    expect((await run(true)).out).toContain('\u001B[32m+\u001B[39m');
    expect((await run(false)).out).not.toContain('\u001B');
  });
});

describe('what needs a word', () => {
  const codeOfCondition = () => /approve: "([0-9a-f]+)"/.exec(world.message('web', 'portolan.dev/Programmed'))?.[1];

  it('holds a change that loses the address, with the code that the controller writes into the condition', async () => {
    await served();
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
    await served();
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, settings: { scheme: 'internal' } })) };
    const { code, services } = await planned();
    expect(code).toBe(exitCodes.held);
    expect(services[0]?.held).toMatchObject([{ reason: 'ClassChange' }]);

    await world.start();
    await world.rest();
    expect(services[0]?.held?.map((held) => held.code)).toEqual([codeOfCondition()]);
  });

  it('shows the steps as they will be done once the code is set', async () => {
    await served();
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    const [row] = (await planned()).services;
    await world.annotate('web', { 'portolan.dev/approve': row?.held?.[0]?.code ?? '' });
    const { code, out } = await plan();
    expect(code).toBe(exitCodes.no);
    expect(out).toContain('[changes-address; 192.0.2.1 is served until no status has named it for 1m]');
  });

  it('keeps a code that was set before in the command that approves', async () => {
    await served();
    await world.annotate('web', { 'portolan.dev/scheme': 'internal', 'portolan.dev/approve': 'aaaaaaaaaa' });
    const [row] = (await planned()).services;
    expect((await plan()).out).toContain(`portolan.dev/approve=aaaaaaaaaa,${row?.held?.[0]?.code}\n`);
  });

  it('follows the guard of the class', async () => {
    await served();
    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    const guard = { ...defaultGuard, 'changes-address': 'allow' as const };
    world.config = { ...world.config, classes: world.config.classes.map((klass) => ({ ...klass, guard })) };
    expect((await planned()).code).toBe(exitCodes.no);
  });

  it('shows what is refused with field and remedy, and that members follow meanwhile', async () => {
    await served();
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

describe('what goes wrong', () => {
  it('says what the cloud says, and goes on with the next Service', async () => {
    await world.createService('a');
    await world.createService('b');
    const asleep = () => new LbError('CloudUnavailable', 'the toy cloud sleeps');
    // The first look at everything fails too, which matters to nobody: it only saves calls.
    cloud.plan('read', asleep(), asleep());
    const { code, services } = await planned(['default/a', 'default/b']);
    expect(code).toBe(exitCodes.failed);
    expect(services).toMatchObject([
      { service: 'default/a', outcome: 'failed', error: { reason: 'CloudUnavailable', text: 'the toy cloud sleeps' } },
      { service: 'default/b', outcome: 'changes' },
    ]);
  });

  it('tries a failed read again where it is told to', async () => {
    await world.createService('web');
    cloud.plan('read', new LbError('CloudUnavailable', 'the toy cloud sleeps'));
    const { code } = await planned(['default/web'], {}, { retry: { times: 1, waitMs: 0 } });
    expect(code).toBe(exitCodes.no);
  });

  /** The toy provider, of which some methods do otherwise. */
  const planWith = (patch: Partial<AnyProvider>) => {
    const toy = memoryProvider(cloud);
    const definition: AnyProviderDefinition = {
      ...(toy as AnyProviderDefinition), // what core holds of any provider
      create: (_connection, host) => ({ ...toy.create({}, host), ...patch }),
    };
    return ranWith((io) => runPlan([], { output: 'text', filename: [] }, io, surroundingsOf(world, { toy: definition })));
  };

  it('answers 1 where the provider does not start, and names the cause', async () => {
    await world.createService('web');
    const { code, out } = await planWith({ start: () => Promise.reject(new LbError('PermissionDenied', 'the key is not known')) });
    expect(code).toBe(exitCodes.failed);
    expect(out).toContain('failed PermissionDenied: the key is not known. Grant the permission named in the message.');
  });

  it('lets no provider change anything', async () => {
    await world.createService('web');
    const { code, out } = await planWith({ observe: (_want, _age, ctx) => ctx.beforeCall().then(() => null) });
    expect(code).toBe(exitCodes.failed);
    expect(out).toContain('failed ProviderBug: a command that only looks was about to change something.');
    const documents = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };
    let host: ProviderHost | undefined;
    const toy = memoryProvider(cloud);
    const definition = { ...toy, create: (_: Record<string, never>, given: ProviderHost) => toy.create({}, (host = given)) };
    await ranWith((io) => runPlan([], { output: 'text', filename: [] }, io, surroundingsOf(world, { toy: definition })));
    await expect(host?.documents.remove(documents, 'a', undefined, new AbortController().signal)).rejects.toMatchObject({
      code: 'ProviderBug',
    });
  });

  it('shows what must happen first and is not ours to do', async () => {
    await world.createService('web');
    const { code, out } = await planWith({
      plan: () => ({ steps: [], refusals: [], wait: { reason: 'CloudUnavailable', text: 'the balancer is being built' } }),
    });
    expect(code).toBe(exitCodes.no);
    expect(out).toContain('waits CloudUnavailable: the balancer is being built.');
  });

  it('does not answer where the API server does not', async () => {
    world.api.close();
    await expect(plan()).rejects.toMatchObject({ code: 'ApiUnavailable' });
  });

  it.each(['web', 'a/b/c', '/web', 'shop/', 'Shop/web', ''])('takes %j for no Service', async (name) => {
    await expect(plan([name])).rejects.toMatchObject({ code: 'InvalidFlag', remedy: 'Write NAMESPACE/NAME, such as shop/web.' });
  });

  it('says that a Service that was named is not there', async () => {
    await expect(plan(['default/none'])).rejects.toMatchObject({ code: 'InvalidFlag', text: 'there is no Service default/none' });
  });

  it('lets nothing a Service says steer a terminal', async () => {
    await world.createService('web', {}, { 'portolan.dev/scheme': 'x\u001B[2Jy' });
    expect((await plan()).out).not.toContain('\u001B');
  });
});

describe('-f', () => {
  const manifest = (extra = '', annotations = '') => `apiVersion: v1
kind: Service
metadata:
  name: web
${annotations}spec:
  type: LoadBalancer
  selector: { app: web }
  ports: [{ port: 80 }${extra}]
`;
  const internal = '  annotations: { portolan.dev/scheme: internal }\n';

  it('plans for a Service that is not there yet, with the defaults of the API server, and stores nothing', async () => {
    const path = await file('web.yaml', manifest());
    const { code, out } = await plan([], { filename: [path] });
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
    expect(world.service('web')).toBeUndefined();
    expect(writes()).toEqual([]);
  });

  it('finds nothing to do for the manifest of what is served: node ports and addresses are kept', async () => {
    await served();
    expect(await planned([], { filename: [await file('web.yaml', manifest())] })).toMatchObject({ code: exitCodes.good });
    expect(writes()).toEqual([]);
  });

  it('plans an edit before it is made', async () => {
    await served();
    const path = await file(
      'web.yaml',
      manifest(', { name: dns, port: 53, protocol: UDP }').replace('{ port: 80 }', '{ name: http, port: 80 }'),
    );
    const { services } = await planned([], { filename: [path] });
    // The first port gets a name and with it, as with kubectl replace, another node port.
    expect(services[0]?.steps?.map(({ id, verb }) => `${verb} ${id}`)).toEqual(['update listener/TCP/80', 'create listener/UDP/53']);
  });

  it('prints the code the controller will ask for after the edit', async () => {
    await served();
    const { code, services } = await planned([], { filename: [await file('web.yaml', manifest('', internal))] });
    expect(code).toBe(exitCodes.held);

    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    await world.start();
    await world.rest();
    expect(world.message('web', 'portolan.dev/Programmed')).toContain(`"${services[0]?.held?.[0]?.code}"`);
  });

  it('plans the end of a Service whose type changes', async () => {
    await served();
    const path = await file('web.yaml', manifest().replace('LoadBalancer', 'ClusterIP'));
    expect((await planned([], { filename: [path] })).services).toMatchObject([
      { outcome: 'changes', held: [], steps: [{ verb: 'delete' }] },
    ]);
  });

  it('takes several documents, Lists and files, and passes over what is no Service with a line each', async () => {
    const first = await file('a.yaml', `---\n${manifest()}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n---\n`);
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'dns', namespace: 'default' }, spec: { ports: [{ port: 53 }] } }],
    });
    const { code, out, err } = await plan([], { filename: [first, await file('b.json', list)], output: 'json' });
    expect(code).toBe(exitCodes.no);
    expect(err).toBe(`${first}, document 2 is a Deployment, not a Service: passed over\n`);
    expect(JSON.parse(out)).toMatchObject({ services: [{ service: 'default/web' }, { service: 'default/dns', outcome: 'not-ours' }] });
  });

  it('shows the words of an API server that rejects the manifest, and plans for the others', async () => {
    const wrong = manifest().replace('port: 80', 'port: 99999').replace('name: web', 'name: wrong');
    const path = await file('both.yaml', `${wrong}---\n${manifest()}`);
    const { code, out } = await plan([], { filename: [path] });
    expect(code).toBe(exitCodes.input);
    expect(out).toContain(
      'rejected ApiRejected: POST /api/v1/namespaces/default/services: Service "wrong" is invalid: [spec.ports[0].port',
    );
    expect(out).toContain('default/web (class toy, provider toy)');
    const { services } = await planned([], { filename: [path] });
    expect(services).toMatchObject([{ service: 'default/wrong', outcome: 'rejected' }, { outcome: 'changes' }]);
  });

  it('has unknown fields rejected, as kubectl does', async () => {
    const path = await file('typo.yaml', manifest().replace('selector:', 'loadBalancerSourceRange: [10.0.0.0/8]\n  selector:'));
    const { code, out } = await plan([], { filename: [path] });
    expect(code).toBe(exitCodes.input);
    expect(out).toContain('loadBalancerSourceRange');
  });

  it('rejects a manifest whose namespace is not there', async () => {
    const path = await file('far.yaml', manifest().replace('name: web', 'name: web\n  namespace: far'));
    const { code, out } = await plan([], { filename: [path] });
    expect(code).toBe(exitCodes.input);
    expect(out).toContain('far/web');
  });

  it('reads again where the Service changed between the two calls', async () => {
    await served();
    world.api.faults.add({ kind: 'status', code: 409, match: { method: 'PUT' }, times: 1 });
    const { code } = await planned([], { filename: [await file('web.yaml', manifest())] }, { retry: { times: 1, waitMs: 0 } });
    expect(code).toBe(exitCodes.good);
  });

  it.each([
    ['no.yaml', undefined, 'is not there'],
    ['.', undefined, 'is a folder, not a file'],
    ['bad.yaml', 'a: [1', ':1:'],
    ['text.yaml', 'just words', 'document 1 is not an object'],
    ['empty.yaml', '---\n', 'holds no Service'],
    ['pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\n', 'holds no Service'],
    ['nameless.yaml', 'apiVersion: v1\nkind: Service\nspec: {}\n', 'metadata.name is missing'],
    ['odd.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: a, annotations: [] }\n', 'annotations is not a mapping'],
  ])('refuses %s: %s', async (name, text, says) => {
    const path = text === undefined ? join(folder, name) : await file(name, text);
    await expect(plan([], { filename: [path] })).rejects.toMatchObject({ code: 'InvalidManifest', text: expect.stringContaining(says) });
  });

  it('refuses what is no text', async () => {
    const path = join(folder, 'binary.yaml');
    await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]));
    await expect(plan([], { filename: [path] })).rejects.toMatchObject({ code: 'InvalidManifest', text: `${path} is not a text file` });
  });

  it('reads standard input for -', async () => {
    const { services } = await readManifests(['-'], () => Promise.resolve(Buffer.from(manifest())));
    expect(services).toMatchObject([{ name: 'web', from: 'standard input, document 1' }]);
  });

  it('refuses two manifests of one Service', async () => {
    const path = await file('twice.yaml', `${manifest()}---\n${manifest()}`);
    await expect(plan([], { filename: [path] })).rejects.toMatchObject({
      code: 'InvalidManifest',
      text: `${path}, document 2 is the second manifest of Service default/web`,
    });
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
