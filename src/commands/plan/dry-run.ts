import { metadataOf } from '../../kube/client.ts';
import { namespacePath, servicePath } from '../../kube/paths.ts';
import { projectService } from '../../kube/projection.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { ServiceView } from '../../model/service-view.ts';
import { readServiceObject } from '../look/cluster-reads.ts';
import { retryReads } from '../look/retry-reads.ts';
import type { ServiceName } from '../look/service-name.ts';
import type { Surroundings } from '../look/surroundings.ts';
import type { Manifest } from './manifests.ts';

/** The API server does everything but store it: defaults, ports and addresses, admission. Unknown fields are refused. */
const dryRun = 'dryRun=All&fieldValidation=Strict';

/** Where a manifest belongs. */
export const nameOf = ({ namespace, name }: Manifest, defaultNamespace: string): ServiceName => ({
  namespace: namespace ?? defaultNamespace,
  name,
});

/**
 * The Service as the API server would have it if the manifest were applied. Its UID is that of the one there;
 * of a new one UID, ports and addresses are examples.
 * @throws LbError `ApiRejected` where the manifest is wrong, `ApiNotFound` where its namespace is not there
 */
export async function asApplied(
  { client, retry }: Pick<Surroundings, 'client' | 'retry'>,
  manifest: Manifest,
  at: ServiceName,
  signal: AbortSignal,
): Promise<ServiceView> {
  const write = async (): Promise<JsonObject> => {
    const live = await readServiceObject({ client }, at, signal);
    if (live === undefined) return await client.create(`${namespacePath(at.namespace)}/services?${dryRun}`, fresh(manifest, at), signal);
    return await client.replace(`${servicePath(at.namespace, at.name)}?${dryRun}`, replaced(live, manifest), signal);
  };
  // A conflict is a change between the two calls: both are made again.
  return projectService(versioned(await retryReads(write, retry, signal)));
}

const fresh = ({ annotations, labels, spec }: Manifest, { namespace, name }: ServiceName): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace, name, annotations, labels },
  spec,
});

/**
 * As `kubectl apply` would have it: annotations and labels others added stay, and a port keeps its node port whatever its
 * name. UID and resourceVersion stay, so that a Service made anew meanwhile is not taken for the one that was read.
 */
function replaced(live: JsonObject, { annotations, labels, spec }: Manifest): JsonObject {
  const before = lastApplied(live);
  const metadata = metadataOf(live);
  return {
    ...live,
    metadata: {
      ...metadata,
      annotations: merged(metadata['annotations'], before['annotations'], annotations),
      labels: merged(metadata['labels'], before['labels'], labels),
    },
    spec: withNodePorts(spec, live['spec']),
  };
}

const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';

/** The metadata of the manifest that was applied last; empty where nobody applied one, or its copy cannot be read. */
function lastApplied(live: JsonObject): JsonObject {
  const copy = asObject(metadataOf(live)['annotations'])[lastAppliedKey];
  if (typeof copy !== 'string') return {};
  try {
    return asObject(asObject(JSON.parse(copy) as Json)['metadata']); // JSON.parse gives JSON
  } catch {
    return {}; // somebody wrote over it: then nothing is known to have been taken out of the manifest
  }
}

/** What is there, without what the manifest said before, with what it says now. */
function merged(live: Json | undefined, before: Json | undefined, now: JsonObject = {}): JsonObject {
  const gone = asObject(before);
  const kept = Object.entries(asObject(live)).filter(([key]) => !(key in gone) || key === lastAppliedKey);
  return { ...Object.fromEntries(kept), ...now };
}

function withNodePorts(spec: JsonObject, live: Json | undefined): JsonObject {
  const known = new Map(portsOf(asObject(live)).map((port) => [portKey(port), port['nodePort']]));
  const ports = portsOf(spec).map((port) => {
    const nodePort = port['nodePort'] ?? known.get(portKey(port));
    return nodePort === undefined ? port : { ...port, nodePort };
  });
  const keeps = spec['type'] === 'LoadBalancer' || spec['type'] === 'NodePort';
  return keeps && ports.length > 0 ? { ...spec, ports } : spec;
}

const portsOf = (spec: JsonObject): readonly JsonObject[] =>
  Array.isArray(spec['ports']) ? spec['ports'].map((port) => asObject(port as Json)) : []; // items of JSON
const portKey = (port: JsonObject): string => JSON.stringify([port['protocol'] ?? 'TCP', port['port']]);
const asObject = (value: Json | undefined): JsonObject =>
  value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {}; // the other kinds are ruled out

/** What was not stored has no version yet. */
const versioned = (object: JsonObject): JsonObject => ({ ...object, metadata: { resourceVersion: '0', ...metadataOf(object) } });
