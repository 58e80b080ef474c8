/** The User-Agent of the one who measures: what `connect` makes of this version. */
export const measuringVersion = 'bench';
export const measuringAgent = `portolan/${measuringVersion}`;

/** How often controllers wrote, by what. */
export interface WriteCounts {
  /** Services and their status. */
  readonly services: number;
  readonly events: number;
  readonly leases: number;
  readonly other: number;
}

/** Counts writes; whoever measures is left out by its User-Agent. */
export class ApiWrites {
  readonly #counts = { services: 0, events: 0, leases: 0, other: 0 };

  add(resource: string): void {
    if (resource === 'services' || resource === 'events' || resource === 'leases') this.#counts[resource]++;
    else this.#counts.other++;
  }

  /** A line of the audit log of kube-apiserver, whose policy leaves reads out. */
  audit(line: string): void {
    const { userAgent, user, objectRef } = JSON.parse(line) as AuditLine;
    if (userAgent === measuringAgent || user.username.startsWith('system:')) return;
    // What a controller asks about a caller's rights changes nothing.
    if (objectRef.resource === 'tokenreviews' || objectRef.resource === 'subjectaccessreviews') return;
    this.add(objectRef.resource);
  }

  told(): WriteCounts {
    return { ...this.#counts };
  }
}

/** audit.k8s.io/v1 Event. */
interface AuditLine {
  readonly userAgent: string;
  readonly user: { readonly username: string };
  readonly objectRef: { readonly resource: string };
}

/** All but Leases. */
export const withoutLeases = ({ services, events, other }: WriteCounts): number => services + events + other;
