import { LbError } from '../errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { KubeClient } from './client.ts';
import { leasesPath, objectPath } from './paths.ts';

const callMs = 5_000;

/** One Lease at the API server, by get, create and update only (contract M9). */
export interface LeaseObject {
  /** Undefined where it does not exist. */
  read(signal: AbortSignal): Promise<JsonObject | undefined>;
  /** Undefined where another one was faster. @throws LbError `ApiNotFound` where its namespace does not exist. */
  create(lease: Pick<JsonObject, 'spec'> & { annotations: JsonObject }, signal: AbortSignal): Promise<JsonObject | undefined>;
  /** @throws LbError `ApiConflict` where it is not at this resource version any more. */
  replace(lease: JsonObject, timeoutMs: number, signal: AbortSignal): Promise<JsonObject>;
}

export function leaseObject(client: KubeClient, namespace: string, name: string): LeaseObject {
  const path = objectPath(leasesPath(namespace), name);
  return {
    async read(signal) {
      try {
        return await client.get(path, signal, { timeoutMs: callMs });
      } catch (error) {
        if (error instanceof LbError && error.code === 'ApiNotFound') return undefined;
        throw error;
      }
    },
    async create({ annotations, spec }, signal) {
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace, annotations }, spec };
      try {
        return await client.create(leasesPath(namespace), lease, signal, { timeoutMs: callMs });
      } catch (error) {
        if (!(error instanceof LbError)) throw error;
        if (error.code === 'ApiConflict') return undefined;
        if (error.code !== 'ApiNotFound') throw error;
        throw new LbError('ApiNotFound', `the namespace ${namespace} of the Lease ${name} does not exist`, {
          cause: error,
          verdict: 'retry',
          remedy: `Create the namespace ${namespace}, or name another one in leaderElection.namespace.`,
        });
      }
    },
    replace: (lease, timeoutMs, signal) => client.replace(path, lease, signal, { timeoutMs: Math.min(callMs, timeoutMs) }),
  };
}
