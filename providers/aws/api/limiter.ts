import type { Clock } from '../../../src/clock.ts';
import { AdaptiveBucket } from './adaptive-bucket.ts';

/** Requests that Amazon counts together. */
export type ApiClass = 'elb-read' | 'elb-write' | 'targets' | 'ec2-read' | 'ec2-write';

interface ApiClassRow {
  /** For people. */
  readonly of: string;
  readonly perSecond: number;
  readonly burst: number;
  readonly mutates: boolean;
}

/**
 * Amazon's buckets are per account and region and others draw on them, too: what comes on top is learned from throttled
 * answers. Sources: Elastic Load Balancing publishes a bucket of 40 refilled by 10 a second for reads and no figures for the
 * rest; 3/s and 4/s with bursts of 20 are what the AWS Load Balancer Controller keeps to, as are 50/s for describes of EC2.
 * EC2 publishes a bucket per action: 100 refilled by 20 a second for filtered describes, 50 by 5 for changes; a class here
 * spans several actions.
 */
export const apiClasses: Readonly<Record<ApiClass, ApiClassRow>> = {
  'elb-read': { of: 'reads of load balancers', perSecond: 10, burst: 40, mutates: false },
  'elb-write': { of: 'changes of load balancers', perSecond: 3, burst: 20, mutates: true },
  targets: { of: 'changes of targets', perSecond: 4, burst: 20, mutates: true },
  'ec2-read': { of: 'reads of EC2', perSecond: 50, burst: 100, mutates: false },
  'ec2-write': { of: 'changes of security groups', perSecond: 3, burst: 20, mutates: true },
};

/** A change that would wait longer is asked for again later: a worker that waits is lost to all other Services. */
const changePatienceMs = 2_000;

/** The buckets of one account and region. */
export class ApiLimiter {
  readonly #buckets: Readonly<Record<ApiClass, AdaptiveBucket>>;

  constructor(clock: Clock) {
    const bucket = (of: ApiClass) => {
      const { mutates, ...rate } = apiClasses[of];
      return new AdaptiveBucket(clock, { ...rate, patienceMs: mutates ? changePatienceMs : Number.POSITIVE_INFINITY });
    };
    this.#buckets = {
      'elb-read': bucket('elb-read'),
      'elb-write': bucket('elb-write'),
      targets: bucket('targets'),
      'ec2-read': bucket('ec2-read'),
      'ec2-write': bucket('ec2-write'),
    };
  }

  /**
   * Resolves when one request of this class may be sent: reads as late as that takes, changes within two seconds. Rejects
   * with the signal's reason when it aborts.
   * @throws LbError `CloudThrottled` with `retryAfterMs` where a change would have to wait longer
   */
  take(of: ApiClass, signal: AbortSignal): Promise<void> {
    return this.#buckets[of].take(signal);
  }

  /** Amazon answered that there were too many; returns after how many milliseconds it makes sense to ask again. */
  throttled(of: ApiClass): number {
    return this.#buckets[of].throttled();
  }

  /** Amazon did what was asked. */
  succeeded(of: ApiClass): void {
    this.#buckets[of].succeeded();
  }
}
