import type { Ec2DryRuns, Rehearsal } from '../api/dry-runs.ts';
import type { Ec2Writes } from '../api/ec2.ts';
import type { CallOptions } from '../api/elb.ts';
import { ec2Operations } from '../api/operations.ts';
import { refused } from './amazon-error.ts';
import type { Door } from './door.ts';

/** Changes of EC2 in memory that are checked and not carried out. */
export class SimulatedDryRuns implements Ec2DryRuns {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  dryRun(what: keyof Ec2Writes, on: Rehearsal, options: CallOptions): Promise<void> {
    return this.#door.call(ec2Operations[what], options, on, (state, { group, vpcId }) => {
      if (what === 'createSecurityGroup' ? !state.vpcs.has(vpcId) : !state.securityGroups.has(group))
        throw refused(what === 'createSecurityGroup' ? 'InvalidVpcID.NotFound' : 'InvalidGroup.NotFound', 'there is none');
    });
  }
}
