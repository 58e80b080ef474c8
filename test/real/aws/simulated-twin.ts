import type { Amazon } from '../../../providers/aws/api/amazon.ts';
import { AmazonState } from '../../../providers/aws/simulator/amazon-state.ts';
import { Door } from '../../../providers/aws/simulator/door.ts';
import { SimulatedEc2 } from '../../../providers/aws/simulator/simulated-ec2.ts';
import { SimulatedElb } from '../../../providers/aws/simulator/simulated-elb.ts';
import { ManualClock } from '../../../src/clock.ts';
import { region, type SeededCloud } from './seed.ts';

const options = { signal: new AbortController().signal };

/** The Amazon in memory, with the same things in it as another has. Nothing takes time there. */
export async function simulatedTwin(of: Pick<Amazon, 'elb' | 'ec2'>, seeded: SeededCloud): Promise<Pick<Amazon, 'elb' | 'ec2'>> {
  const { vpcId } = seeded;
  const groups = await of.ec2.securityGroups(vpcId, { ids: [seeded.nodeGroup] }, options);
  const routeTables = await of.ec2.routeTables(vpcId, options);
  const instances = await of.ec2.instances(seeded.instances, options);
  const subnets = await of.ec2.subnets(vpcId, options);
  const state = new AmazonState(
    new ManualClock(),
    {
      vpcs: [vpcId],
      subnets,
      routeTables: routeTables.map((table) => ({ ...table, vpcId })),
      instances: instances.map((instance, index) => ({ ...instance, subnetId: seeded.subnets[index % 3]?.id ?? '' })),
      addresses: seeded.addresses.map((address) => ({ ...address, tags: {} })),
      securityGroups: groups,
      certificates: seeded.certificates,
      prefixLists: {},
    },
    { region, times: { provisioning: 0, initial: 0, interfaces: 0, call: 0 } },
  );
  const door = new Door(state);
  return { elb: new SimulatedElb(door), ec2: new SimulatedEc2(door) };
}
