import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { LbError } from '../errors.ts';
import type { Endpoint, TlsMaterial } from './endpoint.ts';
import type { Kubeconfig } from './kubeconfig-file.ts';
import { oneLine } from './status-error.ts';

/**
 * An endpoint whose credentials are kept by the Kubernetes client library: exec plugins, OIDC, token files, certificates.
 * This file is the only one that imports that library, and is itself imported only where it is needed.
 * @param reload reads the same kubeconfig again, for when the server does not accept what was read before
 */
export function kubeconfigEndpoint(first: Kubeconfig, reload: () => Promise<Kubeconfig>): Endpoint {
  let config = load(first);
  const proxyUrl = first.cluster['proxy-url'];
  return {
    server: first.cluster.server,
    ...(typeof proxyUrl === 'string' && proxyUrl !== '' ? { proxyUrl } : {}),
    async authorize() {
      const options: RequestOptions = {};
      try {
        await config.applyToHTTPSOptions(options);
      } catch (error) {
        const why = error instanceof Error ? oneLine(error.message) : '';
        throw new LbError('ApiForbidden', `the credentials for ${first.cluster.server} cannot be had: ${why}`, { cause: error });
      }
      return { headers: headersOf(options), tls: tlsOf(options) };
    },
    async forget() {
      config = load(await reload());
    },
  };
}

function load(kubeconfig: Kubeconfig): KubeConfig {
  const { cluster, user } = kubeconfig;
  const config = new KubeConfig();
  const name = kubeconfig.context;
  // The library refuses plain HTTP unless it is told that TLS is not to be verified; there is none then.
  const plain = cluster.server.startsWith('http:') ? { 'insecure-skip-tls-verify': true } : {};
  config.loadFromString(
    JSON.stringify({
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [{ name, cluster: { ...cluster, ...plain } }],
      users: [{ name, user }],
    }),
  );
  return config;
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // A token file may end in a newline, which no header can hold.
    if (typeof value === 'string') headers[name.toLowerCase()] = value.trim();
  }
  if (typeof options.auth === 'string') headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function tlsOf(options: RequestOptions): TlsMaterial {
  const pem = (value: unknown): string | Buffer | undefined => (typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined);
  const [ca, cert, key] = [pem(options.ca), pem(options.cert), pem(options.key)];
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
  };
}
