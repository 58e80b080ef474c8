/** A condition of a Service's status, ours or another's. Merged by type; foreign ones are never touched. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

/** The condition types Portolan writes. */
export const conditionTypes = {
  /** The Service was understood and nothing in it is refused. */
  accepted: 'portolan.dev/Accepted',
  /** Every listener of the spec is served. Says nothing of members. */
  programmed: 'portolan.dev/Programmed',
  /** True when something works less well than asked for. */
  degraded: 'portolan.dev/Degraded',
  /** The record: what was applied last. Its message is data, not prose. */
  applied: 'portolan.dev/Applied',
  /** Upstream's: a port is not served. */
  portsError: 'LoadBalancerPortsError',
} as const;
