import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A request as the API server saw it. */
export interface Audited {
  /** When it arrived, in milliseconds since the epoch. */
  readonly at: number;
  readonly isPortolans: boolean;
  readonly verb: string;
  /** `services/status`. */
  readonly resource: string;
  /** It is about the Lease that Portolan leads by. */
  readonly isLease: boolean;
  readonly uri: string;
  readonly code: number;
}

/** Makes kube-apiserver write its audit log between its other lines. */
export const auditFlags = `--audit-policy-file=${join(import.meta.dirname, 'audit-policy.yaml')} --audit-log-path=-`;

/** All that was answered so far, in the order it arrived. */
export async function auditLog(folder: string): Promise<readonly Audited[]> {
  const text = await readFile(join(folder, 'log/apiserver.log'), 'utf8');
  const events = text.split('\n').filter((line) => line.startsWith('{"kind":"Event"') && line.endsWith('}'));
  return events.map((line) => auditedOf(JSON.parse(line) as AuditEvent)).sort((a, b) => a.at - b.at);
}

/** audit.k8s.io/v1 */
interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly requestReceivedTimestamp: string;
  readonly objectRef?: { readonly resource: string; readonly subresource?: string; readonly namespace?: string };
  readonly responseStatus?: { readonly code?: number };
}

function auditedOf({ verb, requestURI, userAgent, requestReceivedTimestamp, objectRef, responseStatus }: AuditEvent): Audited {
  const sub = objectRef?.subresource === undefined ? '' : `/${objectRef.subresource}`;
  return {
    at: Date.parse(requestReceivedTimestamp),
    isPortolans: userAgent?.startsWith('portolan/') === true,
    verb,
    resource: `${objectRef?.resource ?? ''}${sub}`,
    isLease: objectRef?.resource === 'leases' && objectRef.namespace === 'portolan-system',
    uri: requestURI,
    code: responseStatus?.code ?? 0,
  };
}

const leaseMs = 15_000;
/** The holder of a Lease that somebody overwrites learns of it at its next renewal (every 2 s, and the request's time). */
const unawareMs = 3_000;
const isWrite = ({ verb }: Audited): boolean => ['create', 'update', 'patch', 'delete'].includes(verb);

/**
 * What Portolan wrote while it could know that it did not hold its Lease: it is held from each write of the Lease that was
 * granted, for the duration that stands in it, and until a write of it is refused because somebody else wrote it.
 */
export function writesWithoutLease(log: readonly Audited[]): readonly Audited[] {
  const wrong: Audited[] = [];
  let heldUntil = Number.NEGATIVE_INFINITY;
  for (const request of log.filter(isWrite)) {
    const { at, isPortolans, isLease, code } = request;
    if (!isLease) {
      if (isPortolans && at > heldUntil) wrong.push(request);
    } else if (isPortolans && code < 300) heldUntil = at + leaseMs;
    else if (isPortolans && code === 409) heldUntil = Math.min(heldUntil, at);
    else if (!isPortolans && code < 300) heldUntil = Math.min(heldUntil, at + unawareMs);
  }
  return wrong;
}
