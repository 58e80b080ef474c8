import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { Health } from '../../../src/health.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { connect } from '../../../src/kube/connection.ts';
import { silentLog } from '../../../src/log.ts';
import { MetricsRegistry } from '../../../src/metrics.ts';
import { serveSecurely, type SecureServing } from '../../../src/serving/serve-securely.ts';
import { httpsGet, type GetOptions, type Got } from '../../fixtures/https-get.ts';
import { missingForControlPlane, portBase, startControlPlane, type ControlPlane } from '../control-plane.ts';
import { realSuite } from '../real-suite.ts';
import { builtServiceController, missingForServiceController } from '../upstream/service-controller.ts';

const signal = new AbortController().signal;
const tls = join(import.meta.dirname, '../../fixtures/tls');
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const account = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'default' });

realSuite('secure serving by the names and rights of a real API server', missingForControlPlane() ?? missingForServiceController(), () => {
  const cleanup = new AsyncDisposableStack();
  const tokens: Record<string, string> = {};
  let bob: GetOptions;
  let kube: ControlPlane;
  let admin: KubeClient;
  /** Of the account `server`. */
  let kubeconfig: string;
  /** With the rights of the account `server`: what the roles for this purpose grant, and nothing else. */
  let serve: () => Promise<SecureServing>;

  async function clientOf(kubeconfig: string): Promise<KubeClient> {
    const { transport } = await connect({ kubeconfig }, {});
    cleanup.defer(() => transport.close());
    return new KubeClient({ transport, clock: systemClock });
  }

  async function addAccount(name: string): Promise<string> {
    const path = '/api/v1/namespaces/default/serviceaccounts';
    await admin.create(path, { metadata: { name } }, signal);
    const { status } = await admin.create(`${path}/${name}/token`, { spec: {} }, signal);
    return (status as { token: string }).token; // a TokenRequest says so
  }

  const bind = (role: string, subject: object) =>
    admin.create(
      `${rbac}/clusterrolebindings`,
      {
        metadata: { name: `${role.replaceAll(':', '-')}-${JSON.stringify(subject).length}` },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [{ ...subject }],
      },
      signal,
    );

  const bindAuthorities = () =>
    admin.create(
      `${rbac}/namespaces/kube-system/rolebindings`,
      {
        metadata: { name: 'server-reads-authorities' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'extension-apiserver-authentication-reader' },
        subjects: [account('server')],
      },
      signal,
    );

  beforeAll(async () => {
    kube = await startControlPlane(portBase(0), {
      KUBE_UP_APISERVER_ARGS: `--client-ca-file=${join(tls, 'authority.crt')}`,
      KUBE_UP_OWNER: String(process.pid),
    });
    cleanup.defer(() => kube.wipe());
    admin = await clientOf(kube.kubeconfig);
    bob = { cert: await readFile(join(tls, 'client.crt'), 'utf8'), key: await readFile(join(tls, 'client.key'), 'utf8') };
    for (const name of ['scraper', 'nobody', 'server']) tokens[name] = await addAccount(name);
    const rules = [{ nonResourceURLs: ['/metrics', '/configz', '/healthz/*', '/nothing'], verbs: ['get'] }];
    await admin.create(`${rbac}/clusterroles`, { metadata: { name: 'scrape' }, rules }, signal);
    await bind('scrape', account('scraper'));
    await bind('system:auth-delegator', account('server'));

    kubeconfig = join(kube.folder, 'server.kubeconfig');
    const text = await readFile(kube.kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replace(/token: "[^"]*"/, `token: "${tokens['server']}"`), { mode: 0o600 });
    const client = await clientOf(kubeconfig);
    serve = async () => {
      const serving = await serveSecurely({
        bindAddress: '127.0.0.1',
        port: 0,
        pairName: 'portolan',
        authentication: { client, tokenTtlMs: 0, lookup: 'required' },
        authorization: { client, allowedTtlMs: 0, deniedTtlMs: 0 },
        alwaysAllowPaths: ['/healthz', '/readyz', '/livez'],
        health: new Health(),
        metrics: new MetricsRegistry(),
        configz: () => ({}),
        clock: systemClock,
        log: silentLog,
      });
      cleanup.defer(() => serving.close());
      return serving;
    };
  });
  afterAll(() => cleanup.disposeAsync());

  const statusOf = async (port: number, path: string, options?: GetOptions) => (await httpsGet(port, path, options)).status;
  const by = (name: string): GetOptions => ({ token: tokens[name] ?? '' });

  test('without the role for the authorities it does not start, and names the role', async () => {
    await expect(serve()).rejects.toMatchObject({
      code: 'ApiForbidden',
      remedy: expect.stringContaining('extension-apiserver-authentication-reader'),
    });
    await bindAuthorities();
  });

  test('401 without token, 403 without the right, 200 with it', async () => {
    const { port } = await serve();

    expect(await statusOf(port, '/metrics')).toBe(401);
    expect(await statusOf(port, '/metrics', { token: 'wrong' })).toBe(401);
    expect(await statusOf(port, '/metrics', by('nobody'))).toBe(403);
    expect(await statusOf(port, '/metrics', by('scraper'))).toBe(200);
    expect(await statusOf(port, '/healthz')).toBe(200);
  });

  test('portolan ccm does so, too', async () => {
    const port = await ours();

    expect(await statusOf(port, '/metrics')).toBe(401);
    expect(await statusOf(port, '/metrics', by('nobody'))).toBe(403);
    const metrics = await httpsGet(port, '/metrics', by('scraper'));
    expect(metrics).toMatchObject({ status: 200, body: expect.stringContaining('# TYPE portolan_') });
    const configz: unknown = JSON.parse((await httpsGet(port, '/configz', by('scraper'))).body);
    expect(configz).toMatchObject({ 'cloudcontrollermanager.config.k8s.io': { ServiceController: { ConcurrentServiceSyncs: 1 } } });
  });

  test('a client certificate of the cluster is a user like any other', async () => {
    const { port } = await serve();

    expect(await httpsGet(port, '/metrics', bob)).toMatchObject({
      status: 403,
      body: expect.stringContaining('User \\"bob\\" cannot get'),
    });
    await bind('scrape', { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'dev' });
    // The authorizer of the API server learns of a binding by a watch.
    await vi.waitFor(async () => expect(await statusOf(port, '/metrics', bob)).toBe(200), { timeout: 10_000 });
  });

  test('its metrics are those of upstream, by name, kind, label and bucket', async () => {
    const shape = async (port: number) =>
      (await httpsGet(port, '/metrics', by('scraper'))).body
        .split('\n')
        .filter((line) => /^(# TYPE )?(service_controller_|running_managed_controllers)/.test(line))
        .map((line) => line.replace(/^(service_controller_\S+) .*/, '$1'))
        .sort();
    const upstream = await shape(await theirs());

    expect(upstream.length).toBeGreaterThan(40);
    expect(upstream).toContain('running_managed_controllers{manager="cloud-controller-manager",name="service"} 1');
    expect(await shape(await ours())).toEqual(upstream);
  });

  test('it answers as upstream does, but for a listed few', async () => {
    const [ourPort, theirPort] = [await ours(), await theirs()];
    const ask = async (path: string, who: string, options: GetOptions = {}) => {
      const [our, their] = [await httpsGet(ourPort, path, options), await httpsGet(theirPort, path, options)];
      const same = our.status === their.status && wordsOf(our, path) === wordsOf(their, path);
      return same ? [] : [`${path} by ${who}: ${our.status}, upstream ${their.status}`];
    };
    const differences: string[] = [];
    for (const path of ['/healthz', '/healthz?verbose', '/healthz?verbose&exclude=leaderElection&exclude=x', '/livez', '/readyz']) {
      differences.push(...(await ask(path, 'everybody')));
    }
    for (const path of ['/metrics', '/configz', '/nothing', '/healthz/leaderElection', '/healthz']) {
      differences.push(...(await ask(path, 'scraper', by('scraper'))), ...(await ask(path, 'nobody', by('nobody'))));
      differences.push(...(await ask(path, 'no one')), ...(await ask(path, 'a wrong token', { token: 'wrong' })));
    }
    differences.push(...(await ask('/metrics', 'bob', bob)));
    differences.push(...(await ask('/metrics', 'scraper, posting', { ...by('scraper'), method: 'POST' })));
    await kube.command('stop', 'apiserver');
    for (const path of ['/metrics', '/healthz']) {
      differences.push(...(await ask(path, 'no one while the API is down')));
      differences.push(...(await ask(path, 'scraper while the API is down', by('scraper'))));
    }
    differences.push(...(await ask('/metrics', 'bob while the API is down', bob)));
    await kube.command('start', 'apiserver');

    expect(differences).toEqual([
      // Upstream opens these two by a flag, and has no page there.
      '/livez by everybody: 200, upstream 404',
      '/readyz by everybody: 200, upstream 404',
      // Upstream asks for the rights of a user system:anonymous. Here nobody has rights, and is told what is missing.
      '/metrics by no one: 401, upstream 403',
      '/configz by no one: 401, upstream 403',
      '/nothing by no one: 401, upstream 403',
      // Upstream names single checks and does not serve them.
      '/healthz/leaderElection by scraper: 200, upstream 404',
      '/healthz/leaderElection by no one: 401, upstream 403',
      // What is open to everybody is not closed to a probe with a token, also while nobody can review it.
      '/healthz by a wrong token: 200, upstream 401',
      '/metrics by no one while the API is down: 401, upstream 500',
      '/healthz by scraper while the API is down: 200, upstream 401',
    ]);
  });

  /** Refusals and health in upstream's words; metrics, configuration and errors of the network are each program's own. */
  function wordsOf({ status, body }: Got, path: string): string {
    if (body.startsWith('{"kind":"Status"') || body.startsWith('{\n')) return (JSON.parse(body) as { message: string }).message; // a Status
    return path.startsWith('/healthz') || status === 404 ? body : '';
  }

  /** What both are started with: no answer is remembered, and neither ends while the API server is down for a moment. */
  const asked = (port: number) => [
    `--kubeconfig=${kube.kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--authentication-token-webhook-cache-ttl=0s',
    '--authorization-webhook-cache-authorized-ttl=0s',
    '--authorization-webhook-cache-unauthorized-ttl=0s',
    '--leader-elect-lease-duration=150s',
    '--leader-elect-renew-deadline=120s',
  ];

  const started: { ours?: Promise<number>; theirs?: Promise<number> } = {};
  const ours = () => (started.ours ??= startOurs());
  const theirs = () => (started.theirs ??= startUpstream());

  async function startOurs(): Promise<number> {
    const port = portBase(1) + 1;
    const config = join(kube.folder, 'cloud.yaml');
    const ranges = `{ public: [127.94.${process.pid % 256}.0/28] }`;
    await writeFile(config, `connection: { ranges: ${ranges}, stateFile: ${kube.folder}/state.json }\n`);
    await run(
      [process.execPath, join(import.meta.dirname, '../../../bin/portolan.mjs'), 'ccm'],
      [
        ...asked(port),
        '--cloud-provider=local',
        `--cloud-config=${config}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
      ],
    );
    return await leads(port);
  }

  async function startUpstream(): Promise<number> {
    const port = portBase(1);
    await run(
      [await builtServiceController()],
      [
        ...asked(port),
        '--cloud-provider=toy',
        `--authentication-kubeconfig=${kube.kubeconfig}`,
        `--authorization-kubeconfig=${kube.kubeconfig}`,
        // Two that run beside each other: nobody waits for the Lease of the other.
        '--leader-elect-resource-name=upstream',
      ],
    );
    return await leads(port);
  }

  /** Each adds its last check when it leads. */
  async function leads(port: number): Promise<number> {
    const checks = async () => (await httpsGet(port, '/healthz?verbose')).body;
    await vi.waitFor(async () => expect(await checks()).toContain('service-lb-controller ok'), { timeout: 60_000, interval: 200 });
    return port;
  }

  /** A process that ends with the suite: the shell kills it when our end of the pipe is closed, whatever closed it. */
  async function run(program: readonly string[], flags: readonly string[]): Promise<void> {
    const child = spawn('sh', ['-c', '"$@" & read -r _; kill -KILL $!', 'sh', ...program, ...flags], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, TOY_BACKEND: 'http://127.0.0.1:1', TOY_CLUSTER: 'x' },
    });
    await once(child, 'spawn');
    cleanup.defer(async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    });
  }
});
