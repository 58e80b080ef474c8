import { access, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { LbError } from '../errors.ts';
import { plainEndpoint, type Endpoint } from './endpoint.ts';
import { HttpTransport } from './http-transport.ts';
import { readKubeconfig, serverUrl, type Kubeconfig } from './kubeconfig-file.ts';
import type { KubeTransport } from './transport.ts';

export interface ConnectOptions {
  /** A kubeconfig file; wins over the environment. */
  readonly kubeconfig?: string;
  /** An URL. Alone: that server, no credentials. With a kubeconfig: that server instead of the one it names. */
  readonly server?: string;
  /** Of Portolan, for the User-Agent. */
  readonly version?: string;
  /** Where a pod finds its ServiceAccount; for tests. */
  readonly serviceAccountFolder?: string;
}

/** What of the process environment says where the cluster is. */
export interface KubeEnvironment {
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
  readonly USERPROFILE?: string | undefined;
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

export interface Connection {
  readonly transport: KubeTransport;
  /** For people: server and where it was read. */
  readonly describe: string;
  /** The namespace of the context or of the pod. */
  readonly namespace: string;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the cluster: `kubeconfig`, `server`, KUBECONFIG, `~/.kube/config`, in-cluster, in this order. Makes no call.
 * @throws LbError `InvalidKubeconfig` where what it finds first cannot be used, or there is nothing.
 */
export async function connect(options: ConnectOptions, env: KubeEnvironment): Promise<Connection> {
  const { endpoint, source, namespace } = await findEndpoint(options, env);
  const userAgent = options.version === undefined ? 'portolan' : `portolan/${options.version}`;
  return {
    transport: new HttpTransport(endpoint, userAgent),
    describe: source === '' ? endpoint.server : `${endpoint.server} (${source})`,
    namespace: namespace ?? 'default',
  };
}

interface FoundEndpoint {
  readonly endpoint: Endpoint;
  readonly source: string;
  readonly namespace: string | undefined;
}

async function findEndpoint(options: ConnectOptions, env: KubeEnvironment): Promise<FoundEndpoint> {
  const { kubeconfig, server } = options;
  if (kubeconfig === undefined && server !== undefined) {
    return { endpoint: plainEndpoint(serverUrl(server, 'server')), source: '', namespace: undefined };
  }
  const files = kubeconfig === undefined ? await filesOf(env) : [kubeconfig];
  if (files.length > 0) return fromFiles(files, server);
  if ((env.KUBERNETES_SERVICE_HOST ?? '') !== '') return inCluster(options.serviceAccountFolder ?? serviceAccountFolder, env);
  throw new LbError('InvalidKubeconfig', 'no cluster is named: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod');
}

/** As kubectl: files of KUBECONFIG that do not exist are passed over, but one must. */
async function filesOf(env: KubeEnvironment): Promise<string[]> {
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) {
    const there = await existing(named);
    return there.length > 0 ? there : named;
  }
  const home = env.HOME ?? env.USERPROFILE ?? '';
  return home === '' ? [] : existing([join(home, '.kube', 'config')]);
}

async function existing(files: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const file of files) {
    const there = await access(file).then(
      () => true,
      () => false, // absent, or in a folder we may not look into: the next one then
    );
    if (there) found.push(file);
  }
  return found;
}

async function fromFiles(files: readonly string[], server: string | undefined): Promise<FoundEndpoint> {
  const read = async () => {
    const kubeconfig = await readKubeconfig(files);
    return server === undefined ? kubeconfig : { ...kubeconfig, cluster: { ...kubeconfig.cluster, server: serverUrl(server, 'server') } };
  };
  const kubeconfig = await read();
  return {
    endpoint: await endpointOf(kubeconfig, read),
    source: `context ${kubeconfig.context} of ${files.join(', ')}`,
    namespace: kubeconfig.namespace,
  };
}

async function inCluster(folder: string, env: KubeEnvironment): Promise<FoundEndpoint> {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').then(
    (text) => text.trim(),
    () => undefined, // only the token is needed
  );
  const [ca, tokenFile] = [join(folder, 'ca.crt'), join(folder, 'token')];
  if ((await existing([ca, tokenFile])).length < 2) {
    throw new LbError('InvalidKubeconfig', `this is a pod without a ServiceAccount token: ${tokenFile} or ${ca} is not there`);
  }
  const kubeconfig: Kubeconfig = {
    context: 'in-cluster',
    namespace,
    cluster: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT ?? '443'}`,
      'certificate-authority': ca,
    },
    user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } },
  };
  return { endpoint: await endpointOf(kubeconfig, () => Promise.resolve(kubeconfig)), source: 'in-cluster', namespace };
}

/** Without credentials the client library, which is slow to load, is not needed. */
async function endpointOf(kubeconfig: Kubeconfig, reload: () => Promise<Kubeconfig>): Promise<Endpoint> {
  const { cluster, user } = kubeconfig;
  const bare = Object.keys(user).length === 0 && Object.keys(cluster).every((field) => field === 'server');
  if (bare) return plainEndpoint(cluster.server);
  const { kubeconfigEndpoint } = await import('./kubeconfig-endpoint.ts');
  return kubeconfigEndpoint(kubeconfig, reload);
}
