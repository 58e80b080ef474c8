import type { ManualClock } from '../clock.ts';
import { EmbeddedApi, type ApiRequest, type ApiResponse, type LoggedRequest } from '../embedded/api.ts';
import type { Faults } from '../embedded/faults.ts';
import type { KubeObject } from '../embedded/kube-object.ts';
import type { KubeTransport } from '../kube/transport.ts';
import { directTransport } from './direct-transport.ts';

/** The API server of a cluster as a story needs it: what users ask and see, what controllers are given, and what goes wrong. */
export interface ClusterApi {
  /** A request of a user; what came of it is seen by `get` and `list` at once. */
  request(request: ApiRequest): Promise<ApiResponse>;
  /** An object as the server has it; undefined where it is gone. Not a copy: read only. */
  get(group: string, version: string, plural: string, namespace: string | undefined, name: string): KubeObject | undefined;
  list(group: string, version: string, plural: string): readonly KubeObject[];
  /** The way of controllers to it. */
  readonly transport: KubeTransport;
  readonly faults: Faults;
  /** Every request since the log was cleared, oldest first. */
  readonly log: readonly LoggedRequest[];
  clearLog(): void;
  /** Forgets all history that it is not still asked for. */
  compact(): void;
  /** Resolves when nothing is under way but what waits for the clock. Absent: everything happens in promises of this process. */
  quiet?(): Promise<void>;
  close?(): Promise<void>;
}

/** Where the clusters of stories are, and the time in which they live. */
export interface Ground {
  /** A new clock for each story. */
  clock(): ManualClock;
  /** A cluster without Services and Nodes. */
  open(cluster: 'one' | 'two', clock: ManualClock, seed: number): ClusterApi;
}

/** The embedded API by its direct door: no sockets, no time of its own, and the same again for the same seed. */
export function embeddedApi(clock: ManualClock, seed: number): ClusterApi {
  const api = new EmbeddedApi({ clock, seed });
  return {
    request: (request) => api.request(request),
    get: (...of) => api.get(...of),
    list: (...of) => api.list(...of),
    transport: directTransport(api),
    faults: api.faults,
    get log() {
      return api.log;
    },
    clearLog: () => api.clearLog(),
    compact: () => api.compact(),
    close: () => Promise.resolve(api.close()),
  };
}
