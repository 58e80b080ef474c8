import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ControlPlane } from '../control-plane.ts';

/** One request of a ServiceAccount of Portolan, as the API server saw it. */
export interface AuditedRequest {
  /** `patch services/status`, as rules of RBAC have it. */
  readonly right: string;
  readonly uri: string;
  readonly code: number;
}

/** Makes kube-apiserver write its audit log, between its other lines: `KUBE_UP_APISERVER_ARGS`. */
export const auditFlags = `--audit-policy-file=${join(import.meta.dirname, 'audit-policy.yaml')} --audit-log-path=-`;

/** All so far, in order. */
export async function auditedRequests({ kubeconfig }: ControlPlane): Promise<readonly AuditedRequest[]> {
  const text = await readFile(join(dirname(kubeconfig), 'log/apiserver.log'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"Event"'))
    .map((line) => JSON.parse(line) as AuditEvent)
    .map(({ verb, requestURI, objectRef, responseStatus }) => ({
      right: `${verb} ${objectRef?.resource ?? requestURI}${objectRef?.subresource === undefined ? '' : `/${objectRef.subresource}`}`,
      uri: requestURI,
      code: responseStatus?.code ?? 0,
    }));
}

/** audit.k8s.io/v1 */
interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number };
}
