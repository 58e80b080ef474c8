import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planOver, plannedOver, served, type PlanHow } from '../../../test/builders/plan-run.ts';
import type { MemoryCloud } from '../../../test/fixtures/memory-cloud.ts';
import { toyWorld } from '../../../test/scenarios/toy-world.ts';
import type { World } from '../../../test/scenarios/world.ts';
import { exitCodes } from '../io.ts';
import { readManifests } from './manifests.ts';

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

const plan = (names: readonly string[] = [], how: PlanHow = {}) => planOver(world, cloud, names, how);
const planned = (names: readonly string[] = [], how: PlanHow = {}) => plannedOver(world, cloud, names, how);

const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
const writes = () => world.api.log.filter(({ mutating }) => mutating);

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
    const { code, out } = await plan([], { flags: { filename: [path] } });
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
    await served(world, cloud);
    expect(await planned([], { flags: { filename: [await file('web.yaml', manifest())] } })).toMatchObject({ code: exitCodes.good });
    expect(writes()).toEqual([]);
  });

  it('plans an edit before it is made', async () => {
    await served(world, cloud);
    const path = await file(
      'web.yaml',
      manifest(', { name: dns, port: 53, protocol: UDP }').replace('{ port: 80 }', '{ name: http, port: 80 }'),
    );
    const { services } = await planned([], { flags: { filename: [path] } });
    expect(services[0]?.steps?.map(({ id, verb }) => `${verb} ${id}`)).toEqual(['create listener/UDP/53']);
  });

  it('keeps what others annotated, as kubectl apply does, and takes away what the manifest said before', async () => {
    await served(world, cloud);
    const applied = JSON.stringify({ metadata: { annotations: { 'portolan.dev/memory-flavour': 'forbidden' } } });
    await world.annotate('web', {
      'kubectl.kubernetes.io/last-applied-configuration': applied,
      'portolan.dev/memory-flavour': 'forbidden',
      'portolan.dev/scheme': 'internal',
    });
    const { services } = await planned([], { flags: { filename: [await file('web.yaml', manifest())] } });
    expect(services[0]).toMatchObject({ refusals: [], held: [{ reason: 'ApprovalRequired' }] });

    await world.annotate('web', { 'kubectl.kubernetes.io/last-applied-configuration': 'no JSON' });
    const { services: unknown } = await planned([], { flags: { filename: [await file('web.yaml', manifest())] } });
    expect(unknown[0]).toMatchObject({ refusals: [{ reason: 'UnsupportedFeature' }] });
  });

  it('prints the code the controller will ask for after the edit', async () => {
    await served(world, cloud);
    const { code, services } = await planned([], { flags: { filename: [await file('web.yaml', manifest('', internal))] } });
    expect(code).toBe(exitCodes.held);

    await world.annotate('web', { 'portolan.dev/scheme': 'internal' });
    await world.start();
    await world.rest();
    expect(world.message('web', 'portolan.dev/Programmed')).toContain(`"${services[0]?.held?.[0]?.code}"`);
  });

  it('plans the end of a Service whose type changes', async () => {
    await served(world, cloud);
    const path = await file('web.yaml', manifest().replace('LoadBalancer', 'ClusterIP'));
    expect((await planned([], { flags: { filename: [path] } })).services).toMatchObject([
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
    const { code, out, err } = await plan([], { flags: { filename: [first, await file('b.json', list)], output: 'json' } });
    expect(code).toBe(exitCodes.no);
    expect(err).toBe(`${first}, document 2 is a Deployment, not a Service: passed over\n`);
    expect(JSON.parse(out)).toMatchObject({ services: [{ service: 'default/web' }, { service: 'default/dns', outcome: 'not-ours' }] });
  });

  it('shows the words of an API server that rejects the manifest, and plans for the others', async () => {
    const wrong = manifest().replace('port: 80', 'port: 99999').replace('name: web', 'name: wrong');
    const path = await file('both.yaml', `${wrong}---\n${manifest()}`);
    const { code, out } = await plan([], { flags: { filename: [path] } });
    expect(code).toBe(exitCodes.input);
    expect(out).toContain(
      'rejected ApiRejected: POST /api/v1/namespaces/default/services: Service "wrong" is invalid: [spec.ports[0].port',
    );
    expect(out).toContain('default/web (class toy, provider toy)');
    const { services } = await planned([], { flags: { filename: [path] } });
    expect(services).toMatchObject([{ service: 'default/wrong', outcome: 'rejected' }, { outcome: 'changes' }]);
  });

  it('has unknown fields rejected, as kubectl does', async () => {
    const path = await file('typo.yaml', manifest().replace('selector:', 'loadBalancerSourceRange: [10.0.0.0/8]\n  selector:'));
    const { code, out } = await plan([], { flags: { filename: [path] } });
    expect(code).toBe(exitCodes.input);
    expect(out).toContain('loadBalancerSourceRange');
  });

  it('rejects a manifest whose namespace is not there', async () => {
    const path = await file('far.yaml', manifest().replace('name: web', 'name: web\n  namespace: far'));
    const { code, out } = await plan([], { flags: { filename: [path] } });
    expect(code).toBe(exitCodes.input);
    expect(out).toContain('far/web');
  });

  it('reads again where the Service changed between the two calls', async () => {
    await served(world, cloud);
    world.api.faults.add({ kind: 'status', code: 409, match: { method: 'PUT' }, times: 1 });
    const { code } = await planned([], {
      flags: { filename: [await file('web.yaml', manifest())] },
      around: { retry: { times: 1, waitMs: 0 } },
    });
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
    await expect(plan([], { flags: { filename: [path] } })).rejects.toMatchObject({
      code: 'InvalidManifest',
      text: expect.stringContaining(says),
    });
  });

  it('refuses what is no text', async () => {
    const path = join(folder, 'binary.yaml');
    await writeFile(path, Buffer.from([0xff, 0xfe, 0x00]));
    await expect(plan([], { flags: { filename: [path] } })).rejects.toMatchObject({
      code: 'InvalidManifest',
      text: `${path} is not a text file`,
    });
  });

  it('reads standard input for -', async () => {
    const { services } = await readManifests(['-'], () => Promise.resolve(Buffer.from(manifest())));
    expect(services).toMatchObject([{ name: 'web', from: 'standard input, document 1' }]);
  });

  it('refuses two manifests of one Service', async () => {
    const path = await file('twice.yaml', `${manifest()}---\n${manifest()}`);
    await expect(plan([], { flags: { filename: [path] } })).rejects.toMatchObject({
      code: 'InvalidManifest',
      text: `${path}, document 2 is the second manifest of Service default/web`,
    });
  });
});
