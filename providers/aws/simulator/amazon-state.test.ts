import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { AmazonState } from './amazon-state.ts';
import { Door } from './door.ts';
import { options, region } from './seed-of-tests.ts';
import { SimulatedEc2 } from './simulated-ec2.ts';
import { SimulatedElb } from './simulated-elb.ts';

it('stands empty where nothing is seeded', async () => {
  const door = new Door(new AmazonState(new ManualClock(), {}));
  const [elb, ec2] = [new SimulatedElb(door), new SimulatedEc2(door)];

  expect(await elb.loadBalancers(options)).toEqual([]);
  expect(await ec2.subnets('vpc-1', options)).toEqual([]);
  expect(await ec2.addresses([], [], options)).toEqual([]);
});

it('a test that names what is not there is told so', () => {
  const { state } = region();

  expect(() => state.setInstanceState('i-none', 'stopped')).toThrow('the test knows no instance i-none');
  expect(() => state.failLoadBalancer('arn:none')).toThrow('the test knows no load balancer arn:none');
});
