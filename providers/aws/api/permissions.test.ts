import { expect, it } from 'vitest';
import { ec2Operations, elbOperations, mutates, securityGroupRules, type Operation } from './operations.ts';
import { isAskedByAmazon, permissions } from './permissions.ts';

const operations: readonly Operation[] = [...Object.values(elbOperations), ...Object.values(ec2Operations), securityGroupRules];
const actionOf = ({ service, action }: Operation) => `${service}:${action}`;

it('there is one for every action that is asked for, here or by Amazon, and no other', () => {
  const listed = permissions.map(({ action }) => action);

  expect(listed.filter(isAskedByAmazon)).toEqual(['ec2:DescribeAccountAttributes', 'ec2:DescribeInternetGateways', 'ec2:DescribeVpcs']);
  expect(new Set(listed).size).toBe(listed.length);
  expect(new Set(listed)).toEqual(new Set([...operations.map(actionOf), ...listed.filter(isAskedByAmazon), 'iam:CreateServiceLinkedRole']));
});

it('says of each whether it changes anything', () => {
  const changing = new Set(operations.filter(mutates).map(actionOf)).add('iam:CreateServiceLinkedRole');

  expect(permissions.filter(({ action, mutates }) => mutates !== changing.has(action))).toEqual([]);
});
