import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { missingForControlPlane } from '../control-plane.ts';
import { auditedRequests } from '../deploy/audit-log.ts';
import { guideLines, guideText } from '../deploy/guide.ts';
import { missingForImage } from '../deploy/image.ts';
import { eventually, startInstallation, type Installation } from '../deploy/installation.ts';
import { realSuite } from '../real-suite.ts';

const signal = new AbortController().signal;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const roles = [`${rbac}/clusterroles/portolan`, `${rbac}/namespaces/portolan-system/roles/portolan-leader`];

realSuite('deploy, installed as the guide says', missingForControlPlane() ?? missingForImage(), () => {
  const cleanup = new AsyncDisposableStack();
  let cluster: Installation;

  beforeAll(async () => {
    cluster = await startInstallation(cleanup);
  });
  afterAll(() => cleanup.disposeAsync());

  test('the base alone is taken as it is, and two Pods of it where only restricted ones may be', async () => {
    await cluster.shell('kubectl apply -f deploy/base/namespace.yaml');
    await cluster.shell('kubectl apply -k deploy/base --dry-run=server');
    await cluster.shell('kubectl apply -k deploy/base');
    const enforced = "kubectl get namespace portolan-system -o jsonpath='{.metadata.labels.pod-security\\.kubernetes\\.io/enforce}'";

    expect(await cluster.shell(enforced)).toBe('restricted');
    await eventually(async () =>
      expect((await cluster.shell('kubectl get pods -n portolan-system -o name')).trim().split('\n')).toHaveLength(2),
    );
    await eventually(async () => {
      const allowed = await cluster.shell("kubectl get pdb portolan -n portolan-system -o jsonpath='{.status.expectedPods}'");
      expect(allowed).toBe('2');
    });
    await cluster.shell('kubectl delete -k deploy/base');
  });

  test('a new user follows install.md from the top', async () => {
    const lines = await guideLines('install.md', /^[1-5]\. /);
    expect(lines.length).toBeGreaterThan(9);

    const said: string[] = [];
    for (const line of lines) {
      said.push(await cluster.type(line));
      if (line.startsWith('cp ')) await cluster.edit('deploy/overlays/mine');
      if (line.startsWith('kubectl apply ')) await cluster.playKubelet();
    }

    const check = said[lines.findIndex((line) => line.includes('--check'))]?.trim().split('\n') ?? [];
    expect(check.length).toBeGreaterThan(12);
    expect(check.filter((line) => !line.startsWith('ok '))).toEqual([]);
    expect(said[lines.indexOf('kubectl get service hello')]).toContain(`${cluster.network}.`);
  });

  test('it runs as the Deployment says: no root, no capabilities, nothing to write on, no shell, within its memory', async () => {
    const { container, prepared, pod } = cluster.running();
    const status = await readFile(`/proc/${container.pid}/status`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    const writing = "require('node:fs').writeFileSync('/app/mine', '')";

    expect(field('Uid')).toBe('65532\t65532\t65532\t65532');
    expect(field('Gid')).toBe('65532\t65532\t65532\t65532');
    expect([field('CapPrm'), field('CapEff'), field('NoNewPrivs')]).toEqual(['0000000000000000', '0000000000000000', '1']);
    expect((await prepared.run(['/usr/bin/node', '-e', writing])).text).toContain('EROFS');
    expect((await prepared.run(['/bin/sh', '-c', 'true'])).code).toBe(127);
    expect(pod.spec.containers[0].resources.limits.memory).toBe('256Mi');
    expect(Number.parseInt(field('VmHWM') ?? '', 10)).toBeLessThan(256 * 1024);
  });

  test('a Service gets its address and carries traffic; edited, and deleted', async () => {
    await cluster.shell('kubectl create namespace shop');
    await cluster.shell('kubectl create service loadbalancer web -n shop --tcp=8081:80');
    const nodePort = await cluster.shell("kubectl get service web -n shop -o jsonpath='{.spec.ports[0].nodePort}'");
    await using node = await answering(`${cluster.network}.10`, Number(nodePort));
    await cluster.shell("kubectl wait service/web -n shop --for=jsonpath='{.status.loadBalancer.ingress[0].ip}' --timeout=60s");
    const address = await cluster.shell("kubectl get service web -n shop -o jsonpath='{.status.loadBalancer.ingress[0].ip}'");
    await eventually(async () => expect(await (await fetch(`http://${address}:8081`)).text()).toBe(node.says));

    // Two edits within the time in which equal events are counted in one.
    for (const port of [8082, 8083]) {
      const patch = JSON.stringify([{ op: 'replace', path: '/spec/ports/0/port', value: port }]);
      await cluster.shell(`kubectl patch service web -n shop --type=json -p '${patch}'`);
      await eventually(async () => expect(await (await fetch(`http://${address}:${port}`)).text()).toBe(node.says));
    }
    expect(await cluster.shell("kubectl get events -n shop -o jsonpath='{.items[*].reason}'")).toContain('EnsuredLoadBalancer');
    await cluster.shell('kubectl delete service web -n shop --timeout=60s');
  });

  test('the next Pod goes on where this one ended', async () => {
    await cluster.shell('kubectl create service loadbalancer kept -n shop --tcp=8084:80');
    const ingress = async () => await cluster.shell("kubectl get service kept -n shop -o jsonpath='{.status.loadBalancer.ingress[0].ip}'");
    const address = await eventually(async () => {
      const found = await ingress();
      expect(found).not.toBe('');
      return found;
    });
    const running = cluster.running();

    expect(await running.container.stop(), running.container.log()).toBe(0);
    running.container = running.prepared.start();
    await cluster.becomesReady();

    expect(await ingress()).toBe(address);
    await cluster.shell('kubectl delete service kept -n shop --timeout=60s');
  });

  test('in all that, nothing was forbidden to it, and every right it has was used', async () => {
    const requests = await auditedRequests(cluster.kube);
    const used = new Set(requests.map(({ right }) => right));

    expect(requests.length).toBeGreaterThan(30);
    expect(requests.filter(({ code }) => code === 401 || code === 403)).toEqual([]);
    // The lists are for servers that cannot begin a watch with what is there; the read for a Service that vanished under a patch.
    const inTrouble = ['get services', 'list services', 'list nodes'];
    const unused = (await granted()).map(({ right }) => right).filter((right) => !used.has(right));
    expect(unused.filter((right) => !inTrouble.includes(right))).toEqual([]);
  });

  interface Rule {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }

  const rulesOf = async (role: string): Promise<readonly Rule[]> => {
    const { rules } = await cluster.client.get(role, signal);
    return rules as unknown as Rule[]; // of a role
  };

  /** Every verb of every rule, with what its role's rules are without it. */
  async function granted(): Promise<readonly { right: string; role: string; all: readonly Rule[]; without: readonly Rule[] }[]> {
    const found: { right: string; role: string; all: readonly Rule[]; without: readonly Rule[] }[] = [];
    for (const role of roles) {
      const all = await rulesOf(role);
      for (const rule of all) {
        for (const verb of rule.verbs) {
          const verbs = rule.verbs.filter((other) => other !== verb);
          const without = all.flatMap((other) => (other !== rule ? [other] : verbs.length === 0 ? [] : [{ ...rule, verbs }]));
          found.push({ right: `${verb} ${rule.resources.join()}`, role, all, without });
        }
      }
    }
    return found;
  }

  const setRules = async (role: string, rules: readonly Rule[]) =>
    await cluster.client.patch(role, 'merge', { rules: rules as unknown as JsonObject[] }, signal); // JSON, read from the same place

  test('without any one of its rights `controller --check` says which one is missing', async () => {
    const { prepared, pod } = cluster.running();
    const check = [...imageCommand, 'controller', '--check', ...pod.spec.containers[0].args.slice(1)];
    const rights = await granted();
    expect(rights.length).toBe(12);

    for (const { right, role, all, without } of rights) {
      await setRules(role, without);
      await eventually(async () => {
        const { code, text } = await prepared.run(check);
        const missing = text.split('\n').filter((line) => line.startsWith('NO '));
        expect({ code, missing }, text).toEqual({ code: 3, missing: [`NO  may ${right}: no`] });
      });
      await setRules(role, all);
    }
  });

  test('uninstall.md: each way to let go of a Service ends with nothing that hangs', async () => {
    const guide = await guideText('uninstall.md');
    const typed = async (line: string) => {
      expect(guide).toContain(line);
      return await cluster.shell(line);
    };
    const [list = ''] = await guideLines('uninstall.md', /^1\. /);
    const served = () => cluster.shell(`${list} || true`); // grep says by its exit code that there is nothing
    const ways = [
      'kubectl delete service -n shop web',
      `kubectl patch service -n shop web -p '{"spec":{"type":"ClusterIP"}}'`,
      'kubectl annotate service -n shop web portolan.dev/release=true',
    ];

    for (const way of ways) {
      await cluster.shell('kubectl create service loadbalancer web -n shop --tcp=8085:80');
      await eventually(async () => expect(await served()).toMatch(/shop +web +\[portolan\.dev\/lb\.local\]/));
      await typed(way);
      await eventually(async () => expect(await served()).toBe(''));
      await cluster.shell('kubectl delete service web -n shop --ignore-not-found --timeout=10s');
    }
  });

  test('uninstall.md: a Service hangs where the controller went first, until it is there again', async () => {
    await cluster.shell('kubectl create service loadbalancer late -n shop --tcp=8086:80');
    await cluster.shell("kubectl wait service/late -n shop --for=jsonpath='{.status.loadBalancer.ingress[0].ip}' --timeout=60s");
    const running = cluster.running();
    await running.container.stop();
    await cluster.shell('kubectl delete service late -n shop --wait=false');
    expect(await cluster.shell("kubectl get service late -n shop -o jsonpath='{.metadata.finalizers}'")).toContain('portolan.dev/lb.local');

    running.container = running.prepared.start();

    await cluster.shell('kubectl wait service/late -n shop --for=delete --timeout=60s');
  });

  test('uninstall.md: then everything goes', async () => {
    const [remove = ''] = await guideLines('uninstall.md', /^3\. /);

    await cluster.shell(remove);

    const { container } = cluster.running();
    await container.stop();
    const kinds = 'namespace,clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding';
    expect(await cluster.shell(`kubectl get ${kinds} -l app.kubernetes.io/name=portolan -o name`)).toBe('');
  });
});

const imageCommand = ['/usr/bin/node', '/app/bin/portolan.mjs'];

/** A node port. */
async function answering(host: string, port: number): Promise<AsyncDisposable & { readonly says: string }> {
  const says = 'hello from the node';
  const server = createServer((_, response) => void response.end(says));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    says,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
