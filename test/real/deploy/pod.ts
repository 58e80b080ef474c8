import type { JsonObject } from '../../../src/model/json.ts';

/** What is read here of a Pod as the API server gives it, after its defaults and its admission. */
export interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly serviceAccountName: string;
    readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
    readonly containers: readonly [Container];
    readonly volumes: readonly Volume[];
  };
}

export interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: { readonly fieldRef: FieldRef } }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly securityContext: JsonObject;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

export interface Probe {
  readonly httpGet: { readonly host?: string; readonly path: string; readonly port: string; readonly scheme: 'HTTP' | 'HTTPS' };
}

interface FieldRef {
  readonly fieldPath: string;
}

export interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string };
  readonly configMap?: { readonly name: string };
  readonly projected?: { readonly sources: readonly ProjectedSource[] };
}

export interface ProjectedSource {
  readonly serviceAccountToken?: { readonly path: string; readonly expirationSeconds: number };
  readonly configMap?: { readonly name: string };
  readonly downwardAPI?: { readonly items: readonly { readonly path: string; readonly fieldRef: FieldRef }[] };
}

/** A field of the Pod that it may know of itself. */
export function fieldOf({ metadata }: Pod, { fieldPath }: FieldRef): string {
  if (fieldPath === 'metadata.name') return metadata.name;
  if (fieldPath === 'metadata.namespace') return metadata.namespace;
  throw new Error(`the test knows no field ${fieldPath}`);
}

/** Where a kubelet would ask. */
export function probeUrl({ ports }: Container, { httpGet }: Probe, podAddress: string): string {
  const port = ports.find(({ name }) => name === httpGet.port)?.containerPort;
  return `${httpGet.scheme.toLowerCase()}://${httpGet.host ?? podAddress}:${port ?? httpGet.port}${httpGet.path}`;
}
