import { expect, it } from 'vitest';
import { clusterId } from '../../../src/model/ids.ts';
import { iamPolicy, type IamStatement } from './iam-policy.ts';
import { permissions } from './permissions.ts';

const policy = iamPolicy(clusterId('prod'));
const statement = (sid: string, of = policy): IamStatement => {
  const found = of.Statement.find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`no statement ${sid}`);
  return found;
};

it('allows exactly the actions that are needed', () => {
  const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));

  expect(allowed).toEqual(new Set(permissions.map(({ action }) => action)));
});

it('lets nothing be changed that does not carry the mark, but rules of nodes', () => {
  const changing = new Set(permissions.filter(({ mutates }) => mutates).map(({ action }) => action));
  const marked = ({ Condition }: IamStatement) => {
    const equal = Condition?.['StringEquals'] ?? {};
    return equal['aws:ResourceTag/portolan.dev/cluster'] === 'prod' || equal['aws:RequestTag/portolan.dev/cluster'] === 'prod';
  };
  const open = policy.Statement.filter((of) => of.Action.some((action) => changing.has(action)) && !marked(of));

  expect(open.map(({ Sid }) => Sid)).toEqual(['MakeSecurityGroupsInVpc', 'LetLoadBalancersReachNodes', 'FirstLoadBalancer']);
});

it('lets marks be set in the call that makes a thing, not on what is there', () => {
  expect(statement('MarkWhatIsMade').Condition).toEqual({
    StringEquals: {
      'aws:RequestTag/portolan.dev/cluster': 'prod',
      'elasticloadbalancing:CreateAction': ['CreateLoadBalancer', 'CreateTargetGroup', 'CreateListener'],
    },
  });
  const tagging = policy.Statement.filter(({ Action }) => Action.some((action) => /:(AddTags|CreateTags)$/.test(action)));
  const unbound = tagging.filter(({ Condition }) => {
    const keys = Object.keys(Condition?.['StringEquals'] ?? {});
    return !keys.some((key) => key.endsWith(':CreateAction') || key.startsWith('aws:ResourceTag/'));
  });

  expect(unbound).toEqual([]);
});

it('makes listeners only on load balancers of the cluster', () => {
  expect(statement('ChangeOwn').Action).toContain('elasticloadbalancing:CreateListener');
  expect(statement('MakeLoadBalancers').Action).toEqual(['elasticloadbalancing:CreateLoadBalancer']);
});

it('narrows the nodes and the partition where they are known', () => {
  const narrow = iamPolicy(clusterId('prod'), { partition: 'aws-cn', nodeSecurityGroups: ['sg-1', 'sg-2'] });

  expect(statement('LetLoadBalancersReachNodes').Resource).toEqual(['arn:aws:ec2:*:*:security-group/*']);
  expect(statement('LetLoadBalancersReachNodes', narrow).Resource).toEqual([
    'arn:aws-cn:ec2:*:*:security-group/sg-1',
    'arn:aws-cn:ec2:*:*:security-group/sg-2',
  ]);
  expect(JSON.stringify(narrow)).not.toContain('arn:aws:');
});

it('fits into a managed policy of IAM, which counts 6144 characters without white space', () => {
  expect(JSON.stringify(iamPolicy(clusterId('c'.repeat(63)))).replaceAll(/\s/g, '').length).toBeLessThan(6_144);
});

it('has statement ids that IAM takes, each once', () => {
  const ids = policy.Statement.map(({ Sid }) => Sid);

  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[A-Za-z0-9]+$/.test(id))).toEqual([]);
});
