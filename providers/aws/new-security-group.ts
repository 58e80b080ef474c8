import { asLbError, LbError } from '../../src/errors.ts';
import { clusterMark, keyMark } from '../../src/model/owner.ts';
import type { Ec2Api, Ec2SecurityGroup, NewSecurityGroup } from './api/ec2.ts';
import type { CallOptions } from './api/elb.ts';

/**
 * Makes a security group. Lists of groups go by our tags, so what has the name without them is met only here.
 * @throws LbError `ForeignResource` where what has the name is another's, or nobody's (without any tags it may be ours, and
 *   show them later: then it is tried again as an error that passes); `Conflict` where it is this owner's and was not seen
 *   yet; whatever else the calls throw
 */
export async function newSecurityGroup(of: NewSecurityGroup, ec2: Ec2Api, options: CallOptions): Promise<Ec2SecurityGroup> {
  try {
    return await ec2.createSecurityGroup(of, options);
  } catch (thrown) {
    if (asLbError(thrown).code !== 'Conflict') throw thrown;
    const [other] = await ec2.securityGroups(of.vpcId, { named: of.name }, options);
    if (other === undefined || [clusterMark, keyMark].every((mark) => other.tags[mark] === of.tags[mark])) throw thrown;
    const verdict = Object.keys(other.tags).length === 0 ? 'retry' : 'wait-for-user';
    throw new LbError('ForeignResource', `${other.id} has the name ${of.name} and does not carry this owner's marks`, {
      cause: thrown,
      verdict,
    });
  }
}
