import { expect, it } from 'vitest';
import { options, refusalOf, region } from './seed-of-tests.ts';

it('lets a burst through, then so many a second, for each class of actions by itself', async () => {
  const { clock, elb, ec2 } = region({ rates: { 'elb-read': { burst: 2, perSecond: 2 }, 'ec2-read': { burst: 1, perSecond: 1 } } });
  await elb.loadBalancers(options);
  await elb.targetGroups(options);
  expect(await refusalOf(elb.loadBalancers(options))).toBe('CloudThrottled Throttling');
  await ec2.subnets('vpc-1', options);
  expect(await refusalOf(ec2.subnets('vpc-1', options))).toBe('CloudThrottled RequestLimitExceeded');
  clock.advance(499);
  expect(await refusalOf(elb.loadBalancers(options))).toBe('CloudThrottled Throttling');
  clock.advance(1);
  await elb.loadBalancers(options);
  expect(await refusalOf(elb.loadBalancers(options))).toBe('CloudThrottled Throttling');

  // However long nobody asks, no more than the burst.
  clock.advance(60_000);
  await elb.loadBalancers(options);
  await elb.loadBalancers(options);
  expect(await refusalOf(elb.loadBalancers(options))).toBe('CloudThrottled Throttling');
});

it('what is throttled has done nothing; a class without a rate is never throttled', async () => {
  const { elb, ec2 } = region({ rates: { 'elb-write': { burst: 0, perSecond: 0 } } });
  const group = { name: 'g', description: 'd', vpcId: 'vpc-1', tags: {} };

  expect(await refusalOf(elb.addTags(['arn:none'], {}, options))).toBe('CloudThrottled Throttling');
  for (let index = 0; index < 100; index++) await elb.loadBalancers(options);
  await expect(ec2.createSecurityGroup(group, options)).resolves.toMatchObject({ name: 'g' });
});
