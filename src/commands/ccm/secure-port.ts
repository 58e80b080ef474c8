import { systemClock } from '../../clock.ts';
import { LbError } from '../../errors.ts';
import type { HealthResults } from '../../health.ts';
import { KubeClient } from '../../kube/client.ts';
import { connect } from '../../kube/connection.ts';
import type { KubeTransport } from '../../kube/transport.ts';
import type { Log } from '../../log.ts';
import type { MetricsRegistry } from '../../metrics.ts';
import type { JsonObject } from '../../model/json.ts';
import { version } from '../../version.ts';
import type { Io } from '../io.ts';
import type { CcmFlags } from './flag-rows.ts';

export interface SecurePort {
  /** Undefined where nothing is served. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

interface Parts {
  readonly health: HealthResults;
  readonly metrics: MetricsRegistry;
  readonly configz: () => JsonObject;
  readonly log: Log;
}

/** The secure port by the flags (contract M5); nothing where it is 0. @throws LbError */
export async function openSecurePort(flags: CcmFlags, io: Io, parts: Parts): Promise<SecurePort> {
  if (flags['secure-port'] === 0) return { port: undefined, close: () => Promise.resolve() };
  const names = await reviewer(flags['authentication-kubeconfig'], io);
  const rights = await reviewer(flags['authorization-kubeconfig'], io);
  // Loaded here only: certificates are made by a library that class mode has no use for.
  const { serveSecurely } = await import('../../serving/serve-securely.ts');
  const closeReviewers = () => Promise.all([names?.transport.close(), rights?.transport.close()]);
  const serving = await serveSecurely({
    bindAddress: flags['bind-address'],
    port: flags['secure-port'],
    ...said('certFile', flags['tls-cert-file']),
    ...said('keyFile', flags['tls-private-key-file']),
    ...said('certDir', flags['cert-dir']),
    pairName: 'cloud-controller-manager',
    ...said('minVersion', flags['tls-min-version']),
    cipherSuites: flags['tls-cipher-suites'],
    authentication: {
      ...(names === undefined ? {} : { client: names.client }),
      tokenTtlMs: flags['authentication-token-webhook-cache-ttl'],
      ...said('clientCaFile', flags['client-ca-file']),
      lookup: lookupOf(flags),
    },
    authorization: {
      ...(rights === undefined ? {} : { client: rights.client }),
      allowedTtlMs: flags['authorization-webhook-cache-authorized-ttl'],
      deniedTtlMs: flags['authorization-webhook-cache-unauthorized-ttl'],
    },
    alwaysAllowPaths: flags['authorization-always-allow-paths'],
    ...parts,
    clock: systemClock,
  }).catch(async (thrown: unknown) => {
    await closeReviewers();
    throw thrown;
  });
  return {
    port: serving.port,
    async close() {
      await serving.close();
      await closeReviewers();
    },
  };
}

const said = <Name extends string>(name: Name, text: string): { readonly [Key in Name]?: string } =>
  text === '' ? {} : ({ [name]: text } as { readonly [Key in Name]: string }); // the one key there is

function lookupOf(flags: CcmFlags): 'required' | 'tolerated' | 'skipped' {
  if (flags['authentication-skip-lookup']) return 'skipped';
  return flags['authentication-tolerate-lookup-failure'] ? 'tolerated' : 'required';
}

/** A file that is named must be good; without one it is the cluster this runs in, or nobody. */
async function reviewer(
  kubeconfig: string,
  io: Io,
): Promise<{ readonly client: KubeClient; readonly transport: KubeTransport } | undefined> {
  const { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = io.env;
  try {
    const { transport } = await connect(
      { ...(kubeconfig === '' ? {} : { kubeconfig }), version },
      { KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT },
    );
    return { client: new KubeClient({ transport, clock: systemClock }), transport };
  } catch (thrown) {
    if (kubeconfig === '' && thrown instanceof LbError && thrown.code === 'InvalidKubeconfig') return undefined;
    throw thrown;
  }
}
