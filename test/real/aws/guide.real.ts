import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectToAmazon } from '../../../providers/aws/api/amazon.ts';
import { systemClock } from '../../../src/clock.ts';
import { missingForControlPlane, portBase } from '../control-plane.ts';
import { guideLines } from '../deploy/guide.ts';
import { missingForImage } from '../deploy/image.ts';
import { startInstallation, type Installation } from '../deploy/installation.ts';
import { realSuite } from '../real-suite.ts';
import { CloudProxy } from './cloud-proxy.ts';
import { missingForMoto, startMoto } from './moto.ts';
import { motoAsAmazon } from './moto-as-amazon.ts';
import { credentials, region, seedCloud, type SeededCloud } from './seed.ts';
import { standingIn } from './standing.ts';

const signal = new AbortController().signal;
const overlay = 'deploy/overlays/mine';
const portolan = `${process.execPath} ${join(import.meta.dirname, '../../../bin/portolan.mjs')}`;

realSuite('the guide to aws, followed with moto for Amazon', missingForControlPlane() ?? missingForImage() ?? missingForMoto(), () => {
  const cleanup = new AsyncDisposableStack();
  let cluster: Installation;
  let cloud: SeededCloud;
  let endpoint: string;
  let moto: string;

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    const server = await startMoto();
    cleanup.defer(() => server.stop());
    moto = server.url;
    cloud = await seedCloud(moto, { clusterName: 'my-cluster', instances: 2 });
    const proxy = await CloudProxy.start(moto, motoAsAmazon());
    cleanup.defer(() => proxy.close());
    endpoint = proxy.url;
    cluster = await startInstallation(cleanup, { namespace: 'portolan-system', files: [], port: '' });
    for (const [index, instance] of cloud.instances.entries()) await addNode(`n${index + 1}`, instance);
  });
  afterAll(async () => {
    await cleanup.disposeAsync();
    vi.unstubAllEnvs();
  });

  test('a new user follows aws.md from the top to a Service that is gone again', { timeout: 300_000 }, async () => {
    const lines = await guideLines('aws.md', /^([1-5]\. |Look before you change)/);
    expect(lines.length).toBeGreaterThan(16);

    const said: string[] = [];
    for (const line of lines) {
      said.push(await typed(line, said.at(-1) ?? ''));
      if (line.startsWith('cp ')) await editOverlay();
      if (line.startsWith('kubectl apply ')) await cluster.playKubelet();
    }

    const saidTo = (part: string): string => said[lines.findIndex((line) => line.includes(part))] ?? expect.fail(`no line has ${part}`);
    const check = saidTo('controller --check').trim().split('\n');
    expect(check.filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(check.at(-1)).toContain('provider amazon');
    expect(saidTo('portolan.mjs preflight')).toContain(' 0 missing');
    expect(saidTo('kubectl get service hello')).toMatch(/p-default-hello-\S+\.elb\.amazonaws\.com/);
    expect(saidTo('].message}')).toContain('portolan.dev/scheme: public → internal');
    await expectOnlyWhatIsShared();
  });

  test('the policy of the guide names this cluster and nobody else', async () => {
    const [uid, policy] = [
      await cluster.shell("kubectl get namespace kube-system -o jsonpath='{.metadata.uid}'"),
      JSON.parse(await cluster.shell('cat portolan-policy.json')) as { readonly Statement: readonly object[] }, // as IAM takes it
    ];

    expect(policy.Statement.length).toBeGreaterThan(10);
    expect(JSON.stringify(policy)).toContain(`{"StringEquals":{"aws:ResourceTag/portolan.dev/cluster":"${uid}"}}`);
  });

  /** @param before what the line before it said: it may have the code of an approval */
  async function typed(line: string, before: string): Promise<string> {
    if (line.startsWith('aws ')) return ''; // the credential of this run may do everything
    const code = /portolan\.dev\/approve: "(\w+)"/.exec(before)?.[1];
    return await cluster.type(line.replace('npx portolan', portolan).replace('CODE', code ?? 'CODE'));
  }

  /** As the guide says; and what makes a Pod of this run of it, which meets moto. */
  async function editOverlay(): Promise<void> {
    const [port, file] = [portBase(1), `${overlay}/portolan.yaml`];
    const connection = `s/region: .*/region: ${region}/; s/vpcId: .*/vpcId: ${cloud.vpcId}/; s|clusterName: .*|&\\n      endpoint: "${endpoint}"|`;
    await cluster.shell(`sed -i '${connection}; s/handover: 60s/handover: 5s/' ${file}; echo 'serving: { port: ${port} }' >> ${file}`);
    const env = Object.entries({ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey });
    const container = {
      name: 'portolan',
      env: env.map(([name, value]) => ({ name, value })),
      ports: [{ $patch: 'replace' }, { name: 'http', containerPort: port }],
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'portolan', namespace: 'portolan-system' },
      spec: { replicas: 1, template: { spec: { containers: [container] } } },
    };
    const patch = `  - patch: |\n      ${JSON.stringify(deployment)}`;
    await cluster.shell(`cat >> ${overlay}/kustomization.yaml <<'END'\n${patch}\nEND`);
  }

  async function addNode(name: string, instance: string): Promise<void> {
    const spec = { providerID: `aws:///${cloud.subnets[0]?.zone}/${instance}` };
    await cluster.client.create('/api/v1/nodes', { metadata: { name }, spec }, signal);
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: '' }];
    await cluster.client.patch(`/api/v1/nodes/${name}/status`, 'merge', { status: { conditions } }, signal);
  }

  async function expectOnlyWhatIsShared(): Promise<void> {
    const amazon = await connectToAmazon({ region, endpoint: moto }, systemClock);
    const { balancers, idleTargetGroups, securityGroups, nodeRules } = await standingIn(amazon, cloud).finally(() => amazon.close());

    expect([balancers, idleTargetGroups]).toEqual([[], []]);
    expect(securityGroups.map(({ name }) => name.replace(/[0-9a-f]+$/, ''))).toEqual(['portolan-backend-']);
    expect(nodeRules).toHaveLength(3);
  }
});
