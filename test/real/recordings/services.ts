import type { JsonObject } from '../../../src/model/json.ts';

/** The path of the Services of a namespace, or of one of them. */
export const servicesIn =
  (namespace: string) =>
  (name?: string): string =>
    `/api/v1/namespaces/${namespace}/services${name === undefined ? '' : `/${name}`}`;

export const web = { port: 80 } as const;

/** A Service: `spec` as given, one port 80 where it says nothing of ports. */
export const service = (name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, ...metadata },
  spec: { ports: [web], selector: { app: name }, ...spec },
});

export const loadBalancer = (name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject =>
  service(name, { type: 'LoadBalancer', ...spec }, metadata);
