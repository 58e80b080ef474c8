import { asLbError } from '../../errors.ts';
import type { Config } from '../../config/config.ts';
import { silentLog } from '../../log.ts';
import { systemClock } from '../../clock.ts';
import { noMetrics } from '../../metrics.ts';
import { noCheckpoint } from '../../model/checkpoint.ts';
import type { ClusterId } from '../../model/ids.ts';
import type { JsonObject } from '../../model/json.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { LoadedProvider } from '../../controller/provider-pool.ts';
import type { AnyProvider } from '../../provider.ts';
import { unlimited, refusedDocuments } from '../read-only-host.ts';

/** One thing that was looked at. */
export interface CheckLine {
  readonly what: string;
  readonly good: boolean;
  readonly text: string;
}

/** A rule of what a controller needs. */
export interface NeededRight {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** The one object that is meant. */
  readonly name?: string;
  /** Only where the configuration makes it so: it has no `clusterId`; it has a Lease, in whose namespace this holds. */
  readonly only?: 'without-cluster-id' | 'with-lease';
  readonly verbs: readonly string[];
}

/** The least that works (contract M8, M9); `deploy` gives no more. */
export const neededRights: readonly NeededRight[] = [
  { group: '', resource: 'namespaces', name: 'kube-system', only: 'without-cluster-id', verbs: ['get'] },
  { group: '', resource: 'services', verbs: ['get', 'list', 'watch'] },
  { group: '', resource: 'services', subresource: 'status', verbs: ['patch'] },
  { group: '', resource: 'nodes', verbs: ['list', 'watch'] },
  { group: '', resource: 'events', verbs: ['create', 'patch'] },
  { group: 'coordination.k8s.io', resource: 'leases', only: 'with-lease', verbs: ['get', 'create', 'update'] },
];

/**
 * Asks the API server, verb by verb, whether this account may do what the controller does.
 * @throws LbError where it cannot be asked
 */
export async function checkPermissions(
  client: KubeClient,
  { clusterId, leaderElection }: Pick<Config, 'clusterId' | 'leaderElection'>,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const { group, resource, subresource, name, only, verbs } of neededRights) {
    if (only === 'without-cluster-id' && clusterId !== undefined) continue;
    if (only === 'with-lease' && !leaderElection.enabled) continue;
    for (const verb of verbs) {
      const attributes: JsonObject = {
        group,
        resource,
        verb,
        ...(subresource === undefined ? {} : { subresource }),
        ...(name === undefined ? {} : { name }),
        ...(only === 'with-lease' ? { namespace: leaderElection.namespace } : {}),
      };
      const what = `may ${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
      lines.push(await ask(client, what, attributes, signal));
    }
  }
  return lines;
}

async function ask(client: KubeClient, what: string, attributes: JsonObject, signal: AbortSignal): Promise<CheckLine> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes: attributes },
  };
  try {
    const { status } = await client.create('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, signal);
    const allowed = status !== null && typeof status === 'object' && 'allowed' in status ? status.allowed : undefined;
    if (typeof allowed !== 'boolean') return { what, good: true, text: 'the API server does not say (no authorization)' };
    return { what, good: allowed, text: allowed ? 'yes' : 'no' };
  } catch (thrown) {
    // An API server without authorization has no such review; everybody may do everything there.
    if (asLbError(thrown).code === 'ApiNotFound') return { what, good: true, text: 'the API server does not say (no authorization)' };
    throw thrown;
  }
}

/** Starts each provider for reading only: credentials, versions, files. */
export async function checkProviders(
  entries: readonly LoadedProvider[],
  clusterId: ClusterId,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const { name, definition, connection } of entries) {
    const what = `provider ${name}`;
    const host = {
      clock: systemClock,
      log: silentLog,
      metrics: noMetrics,
      clusterId,
      name,
      budget: unlimited,
      documents: refusedDocuments,
      checkpoint: noCheckpoint,
    };
    let provider: AnyProvider | undefined;
    try {
      provider = definition.create(connection, host);
      await provider.start('read', { signal, log: silentLog, beforeCall: () => Promise.resolve() });
      lines.push({ what, good: true, text: `${definition.kind} starts` });
    } catch (thrown) {
      lines.push({ what, good: false, text: asLbError(thrown).text });
    } finally {
      await provider?.close();
    }
  }
  return lines;
}
