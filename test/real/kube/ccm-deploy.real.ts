import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { httpsGet } from '../../fixtures/https-get.ts';
import { missingForControlPlane, portBase } from '../control-plane.ts';
import { auditedRequests } from '../deploy/audit-log.ts';
import { guideLines } from '../deploy/guide.ts';
import { missingForImage } from '../deploy/image.ts';
import { eventually, startInstallation, type Installation } from '../deploy/installation.ts';
import { realSuite } from '../real-suite.ts';

const signal = new AbortController().signal;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roles = [`${rbac}/clusterroles/portolan-ccm`, `${rbac}/namespaces/kube-system/roles/portolan-leader-ccm`];
const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/cloud-controller-manager';
const services = '/api/v1/namespaces/default/services';
const account = 'system:serviceaccount:kube-system:portolan-ccm';

realSuite('deploy/overlays/ccm, installed as the guide says', missingForControlPlane() ?? missingForImage(), () => {
  const cleanup = new AsyncDisposableStack();
  let cluster: Installation;
  let scraper: string;

  beforeAll(async () => {
    cluster = await startInstallation(cleanup, {
      namespace: 'kube-system',
      files: ['cloud.yaml', 'manager.yaml'],
      port: '10258',
      // A server that cannot begin a watch with what is there: so lists are needed, too.
      apiServerFlags: '--feature-gates=WatchList=false',
    });
    await cluster.shell('kubectl create namespace monitoring');
    await cluster.shell('kubectl create serviceaccount prometheus -n monitoring');
    scraper = (await cluster.shell('kubectl create token prometheus -n monitoring')).trim();
  });
  afterAll(() => cleanup.disposeAsync());

  const scrape = async () => await httpsGet(portBase(1), '/metrics', { host: `${cluster.network}.10`, token: scraper });

  test('a new user follows ccm.md', async () => {
    const lines = await guideLines('ccm.md', /^Install/);
    expect(lines.length).toBeGreaterThan(10);

    const said: string[] = [];
    for (const line of lines) {
      said.push(await cluster.type(line));
      if (line.startsWith('cp ')) await cluster.edit('deploy/overlays/my-ccm');
      if (line.startsWith('kubectl apply ')) await cluster.playKubelet();
    }

    expect(said[lines.findIndex((line) => line.startsWith('kubectl get lease '))]).toMatch(/^portolan-ccm-/);
    expect(said[lines.indexOf('kubectl get service hello')]).toContain(`${cluster.network}.`);
  });

  test('without the network of a node two of it are taken as well', async () => {
    const copied = 'cp -r deploy/overlays/ccm deploy/overlays/cloud; cd deploy/overlays/cloud';
    const shown = `-o jsonpath='{range .items[?(@.kind=="Deployment")].spec}{.replicas} {.template.spec.hostNetwork}{end}'`;
    const applied = `kubectl apply -k . --dry-run=server ${shown}`;

    expect(await cluster.shell(`${copied}; sed -i '/path: host-network/d' kustomization.yaml; ${applied}`)).toBe('2 ');
  });

  test('its metrics are for the account that got the right, and for nobody else', async () => {
    await eventually(async () => expect((await scrape()).status).toBe(200));
    expect((await scrape()).body).toContain('running_managed_controllers{manager="cloud-controller-manager",name="service"} 1');

    const nobody = (await cluster.shell('kubectl create token default -n monitoring')).trim();
    const options = { host: `${cluster.network}.10`, token: nobody };
    expect((await httpsGet(portBase(1), '/metrics', options)).status).toBe(403);
  });

  test('in all that, nothing was forbidden to it', async () => {
    const requests = await auditedRequests(cluster.kube);

    expect(requests.length).toBeGreaterThan(20);
    expect(requests.filter(({ code }) => code === 401 || code === 403)).toEqual([]);
  });

  test('without any one of its rights it says which one is missing', { timeout: 180_000 }, async () => {
    await refuseStatusOf('refused');
    const { prepared, pod, container } = cluster.running();
    await container.stop();
    const rights = await granted();
    expect(rights.length).toBe(15);

    for (const [index, { right, role, all, without, attributes }] of rights.entries()) {
      await setRules(role, without);
      await isAllowed(attributes, false);
      const name = `web-${index}`;
      await cluster.client.create(services, service(name), signal);
      const started = prepared.start([...pod.spec.containers[0].args, '--v=4']);
      try {
        await eventually(async () => {
          await scrape().catch(() => {}); // it may not serve yet, or have ended
          await edit(name);
          expect([...forbiddenIn(started.log())], started.log()).toEqual([right]);
        });
      } finally {
        await started.kill();
      }
      await setRules(role, all);
      await isAllowed(attributes, true);
      await cluster.client.delete(lease, signal).catch(() => {}); // where it could not be made there is none
    }
  });

  interface Rule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }

  interface Granted {
    /** `patch services/status` */
    readonly right: string;
    readonly role: string;
    /** The rules of the role, and what they are without this right. */
    readonly all: readonly Rule[];
    readonly without: readonly Rule[];
    /** How it is asked for. */
    readonly attributes: JsonObject;
  }

  /** Every verb of every rule. */
  async function granted(): Promise<readonly Granted[]> {
    const found: Granted[] = [];
    for (const role of roles) {
      const { rules } = await cluster.client.get(role, signal);
      const all = rules as unknown as readonly Rule[]; // of a role
      for (const rule of all) {
        const { apiGroups, resources, resourceNames } = rule;
        const [resource = '', subresource = ''] = (resources[0] ?? '').split('/');
        const namespace = role.includes('/namespaces/') ? 'kube-system' : '';
        for (const verb of rule.verbs) {
          const verbs = rule.verbs.filter((other) => other !== verb);
          const without = all.flatMap((other) => (other !== rule ? [other] : verbs.length === 0 ? [] : [{ ...rule, verbs }]));
          const attributes = { verb, group: apiGroups[0] ?? '', resource, subresource, name: resourceNames?.[0] ?? '', namespace };
          found.push({ right: `${verb} ${resources.join()}`, role, all, without, attributes });
        }
      }
    }
    return found;
  }

  const setRules = async (role: string, rules: readonly Rule[]) =>
    await cluster.client.patch(role, 'merge', { rules: rules as unknown as JsonObject[] }, signal); // JSON, read from the same place

  /** Waits until the API server has taken it in. */
  const isAllowed = (resourceAttributes: JsonObject, wanted: boolean) =>
    eventually(async () => {
      const review = { spec: { user: account, resourceAttributes } };
      const { status } = await cluster.client.create('/apis/authorization.k8s.io/v1/subjectaccessreviews', review, signal);
      expect(status).toMatchObject({ allowed: wanted });
    });

  const edit = async (name: string) => {
    const path = `${services}/${name}`;
    const { spec } = await cluster.client.get(path, signal);
    const [port] = (spec as unknown as { ports: readonly { port: number }[] }).ports; // of a Service
    const change = [{ op: 'replace', path: '/spec/ports/0/port', value: (port?.port ?? 0) + 1 }];
    await cluster.client.patch(path, 'json', change, signal);
  };

  /** A Service whose status nobody may write. What is refused is looked at: is it still there? */
  async function refuseStatusOf(name: string): Promise<void> {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
    const matched = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['services/status'] }] };
    const spec = { matchConstraints: matched, validations: [{ expression: `object.metadata.name != '${name}'` }] };
    await cluster.client.create(`${path}ies`, { metadata: { name }, spec }, signal);
    const binding = { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } };
    await cluster.client.create(`${path}ybindings`, binding, signal);
    await cluster.client.create(services, service(name, 'ClusterIP'), signal);
    await eventually(async () => {
      const status = { conditions: [{ type: 'a.example/b', status: 'True', reason: 'C', message: '', lastTransitionTime: null }] };
      const written = cluster.client.patch(`${services}/${name}/status`, 'merge', { status }, signal);
      await expect(written).rejects.toMatchObject({ code: 'ApiRejected' });
    });
    await cluster.client.patch(`${services}/${name}`, 'merge', { spec: { type: 'LoadBalancer' } }, signal);
  }
});

const service = (name: string, type = 'LoadBalancer') => ({ metadata: { name }, spec: { type, ports: [{ port: 9000 }] } });

/** What RBAC says it refused, as `verb resource`. */
const forbiddenIn = (log: string): ReadonlySet<string> =>
  new Set([...log.matchAll(/ cannot (\w+) resource \\?"([\w/]+)\\?"/g)].map(([, verb, resource]) => `${verb} ${resource}`));
