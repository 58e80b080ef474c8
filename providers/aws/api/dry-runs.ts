import type { Marks } from '../../../src/model/owner.ts';
import type { Ec2Writes } from './ec2.ts';
import type { CallOptions } from './elb.ts';

/** On what a change is rehearsed. */
export interface Rehearsal {
  readonly vpcId: string;
  /** A security group that is there; only making one needs none. */
  readonly group: string;
  /** A rule of it. */
  readonly rule: string;
  readonly tags: Marks;
}

/** Changes of EC2 that Amazon checks and does not carry out. Elastic Load Balancing has nothing like it. */
export interface Ec2DryRuns {
  /** Resolves where it would have been allowed. @throws LbError `PermissionDenied` where not */
  dryRun(what: keyof Ec2Writes, on: Rehearsal, options: CallOptions): Promise<void>;
}
