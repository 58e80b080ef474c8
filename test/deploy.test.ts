import { Command } from 'commander';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import manifest from '../package.json' with { type: 'json' };
import { generatedManifests } from '../scripts/deploy.ts';
import { addFlags, readFlags } from '../src/commands/ccm/read-flags.ts';
import { neededRights } from '../src/commands/controller/check.ts';
import { providerKinds } from '../src/commands/load-config.ts';
import { parseCloudConfig } from '../src/config/cloud-config.ts';
import { parseConfig } from '../src/config/parse-config.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, 'deploy', file), 'utf8');

function has(overlay: string, file: string): boolean {
  return existsSync(join(root, 'deploy/overlays', overlay, file));
}

/** The documents of a file of manifests that are of a kind. */
const ofKind = (file: string, kind: string): readonly Role[] =>
  parseAllDocuments(read(file))
    .map((document) => document.toJS() as Role) // our own files
    .filter((document) => document.kind === kind);

/** And what else is read of one here. */
interface Role {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
  readonly rules: readonly Readonly<Record<'apiGroups' | 'resources' | 'resourceNames' | 'verbs', readonly string[]>>[];
}

/** What is read of a kustomization. */
interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly name: string; readonly namespace: string; readonly files: readonly string[] }[];
  readonly patches: readonly { readonly path?: string }[];
}

/** What is read of a patch of the Deployment. */
interface ManagerPatch {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [{ readonly args: readonly string[]; readonly ports: readonly Readonly<Record<string, unknown>>[] }];
      };
    };
  };
}

const overlays = readdirSync(join(root, 'deploy/overlays')).filter((overlay) => has(overlay, 'kustomization.yaml'));
const generated = await generatedManifests();

test.each([...generated.keys()])('%s is what npm run docs writes', (file) => {
  expect(readFileSync(join(root, file), 'utf8')).toBe(generated.get(file));
});

test('the roles give what the controller asks for, and no more', () => {
  const rules = (kind: string) =>
    ofKind('base/rbac.yaml', kind).flatMap((role) =>
      role.rules.map(({ apiGroups, resources, resourceNames, verbs }) => ({ group: apiGroups, resources, names: resourceNames, verbs })),
    );
  const needed = (only: boolean) =>
    neededRights
      .filter((right) => (right.only === 'with-lease') === only)
      .map(({ group, resource, subresource, name, verbs }) => ({
        group: [group],
        resources: [subresource === undefined ? resource : `${resource}/${subresource}`],
        names: name === undefined ? undefined : [name],
        verbs,
      }));

  expect(rules('ClusterRole')).toHaveLength(5);
  expect(new Set(rules('ClusterRole'))).toEqual(new Set(needed(false)));
  expect(rules('Role')).toEqual(needed(true));
});

test('every overlay of class mode has a good configuration, whose Lease and port are those of its manifests', async () => {
  const [role] = ofKind('base/rbac.yaml', 'Role');
  const ofClassMode = overlays.filter((overlay) => has(overlay, 'portolan.yaml'));
  expect(ofClassMode).toEqual(['aws', 'local']);
  for (const overlay of ofClassMode) {
    const config = await parseConfig(read(`overlays/${overlay}/portolan.yaml`), overlay, providerKinds);
    const pod = read(has(overlay, 'host-network.yaml') ? `overlays/${overlay}/host-network.yaml` : 'base/deployment.yaml');
    const ports = [...pod.matchAll(/containerPort: (\d+)/g)].map(([, port]) => Number(port));

    expect(config.leaderElection, overlay).toMatchObject({ enabled: true, namespace: role?.metadata.namespace });
    expect(ports, overlay).toEqual([config.serving.port]);
  }
});

test.each(overlays)('the overlay %s is made of the base and of all files beside it', (overlay) => {
  const { resources, configMapGenerator, patches } = parse(read(`overlays/${overlay}/kustomization.yaml`)) as Kustomization; // our own file
  const generated = configMapGenerator.flatMap(({ files }) => files);
  const used = [...generated, ...patches.flatMap(({ path }) => path ?? []), 'kustomization.yaml'];

  expect(resources).toEqual(['../../base']);
  expect(configMapGenerator.map(({ name, namespace }) => [name, namespace])).toEqual([['portolan', 'portolan-system']]);
  expect(readdirSync(join(root, 'deploy/overlays', overlay)).toSorted()).toEqual(used.toSorted());
});

test('what the overlay of Amazon says of guard and handover is what holds without it', async () => {
  const text = read('overlays/aws/portolan.yaml');
  const said = await parseConfig(text, 'aws', providerKinds);
  const silent = await parseConfig(text.replaceAll(/^ +(guard|handover): .*\n/gm, ''), 'aws', providerKinds);

  expect(text.match(/^ +(guard|handover):/gm)).toHaveLength(2);
  expect(said).toEqual(silent);
});

test('the role for Amazon is put on the account that the Deployment runs as', () => {
  const [account] = ofKind('overlays/aws/account.yaml', 'ServiceAccount');

  expect(account?.metadata).toMatchObject({ name: 'portolan', namespace: 'portolan-system' });
  expect(read('base/deployment.yaml')).toContain('serviceAccountName: portolan\n');
});

test('the overlay of ccm mode starts: its flags, its cloud configuration, its Lease, its port', async () => {
  const { spec } = parse(read('overlays/ccm/manager.yaml')) as ManagerPatch; // our own file
  const [{ args, ports }] = spec.template.spec.containers;
  const [name = '', ...given] = args;
  const command = addFlags(new Command(name)).exitOverride();
  const { flags, warning } = readFlags(command.parse(given, { from: 'user' }));
  const [{ value: rules }] = parse(read('overlays/ccm/rights.yaml')) as readonly [{ readonly value: Role['rules'] }]; // likewise
  const leases = rules.filter(({ resources }) => resources.includes('leases'));

  expect([name, warning]).toEqual(['ccm', undefined]);
  expect(ports.filter((port) => 'name' in port)).toEqual([{ name: 'https', containerPort: flags['secure-port'] }]);
  expect(flags['leader-elect-resource-namespace']).toBe('kube-system');
  expect(leases.map(({ resourceNames, verbs }) => [resourceNames, verbs])).toEqual([
    [undefined, ['create']],
    [[flags['leader-elect-resource-name']], ['get', 'update']],
  ]);
  const cloud = await parseCloudConfig(read('overlays/ccm/cloud.yaml'), 'cloud.yaml', flags['cloud-provider'], providerKinds);
  expect(cloud.connection).toMatchObject({ stateFile: '/var/lib/portolan/state.json' });
});

test('image, Node and what Docker sees are of this version', () => {
  const { images } = parse(read('base/kustomization.yaml')) as { readonly images: readonly unknown[] }; // our own file
  const dockerfile = read('Dockerfile');

  expect(images).toEqual([{ name: 'portolan', newTag: manifest.version }]);
  expect(dockerfile).toContain(`FROM node:${manifest.devDependencies.node}-`);
  expect(dockerfile).toContain(`portolan:${manifest.version} `);
  expect(readFileSync(join(root, 'docs/guide/install.md'), 'utf8')).toContain(`portolan:${manifest.version} `);
});

test('the image runs as the user that the Deployment names', () => {
  const [, user, group] = /^USER (\d+):(\d+)$/m.exec(read('Dockerfile')) ?? [];

  expect(Number(user)).toBeGreaterThan(0);
  expect(read('base/deployment.yaml')).toContain(`runAsUser: ${user}\n        runAsGroup: ${group}\n`);
});

test("the heap is a good deal below the container's limit", () => {
  const text = read('base/deployment.yaml');
  const [heap, limit] = [/--max-old-space-size=(\d+)/, /limits: \{ memory: (\d+)Mi/].map((pattern) => Number(pattern.exec(text)?.[1]));

  expect(heap).toBeGreaterThan(100);
  expect((heap ?? 0) + 80).toBeLessThan(limit ?? 0);
});
