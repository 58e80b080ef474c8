import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type ResourceType,
  type TagSpecification,
} from '@aws-sdk/client-ec2';

export const region = 'eu-west-1';
/** Whoever asks moto is somebody; it believes everybody. */
export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } as const;
const letters = ['a', 'b', 'c'] as const;

/** What stands there before anybody asks for a load balancer: a cluster's network, as installers leave it. */
export interface SeededCloud {
  readonly vpcId: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string; readonly cidr: string }[];
  readonly nodeGroup: string;
  /** Amazon's own ids of machines that run, the first in the first zone and so on around. */
  readonly instances: readonly string[];
  readonly addresses: readonly { readonly allocationId: string; readonly publicIp: string }[];
  readonly certificates: readonly string[];
  readonly routeTable: string;
}

interface SeedOptions {
  readonly clusterName: string;
  readonly instances: number;
  readonly addresses?: number;
  readonly certificates?: number;
}

/** A VPC with a public subnet in each of three zones, a security group of nodes, machines, Elastic IPs, certificates. */
export async function seedCloud(
  url: string,
  { clusterName, instances, addresses = 0, certificates = 0 }: SeedOptions,
): Promise<SeededCloud> {
  const ec2 = ec2At(url);
  const owned = { [`kubernetes.io/cluster/${clusterName}`]: 'owned' };
  try {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const VpcId = there(Vpc?.VpcId);
    const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
    const InternetGatewayId = there(InternetGateway?.InternetGatewayId);
    await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [VpcId] }] }));
    const RouteTableId = there(RouteTables?.[0]?.RouteTableId);
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId }));
    const subnets: SeededCloud['subnets'][number][] = [];
    for (const [index, letter] of letters.entries()) {
      const [zone, cidr] = [`${region}${letter}`, `10.0.${index * 16}.0/20`];
      const roles = { 'kubernetes.io/role/elb': '1', 'kubernetes.io/role/internal-elb': '1', Name: `public-${letter}` };
      const tagged = { TagSpecifications: [tags('subnet', { ...owned, ...roles })] };
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: cidr, AvailabilityZone: zone, ...tagged }));
      subnets.push({ id: there(Subnet?.SubnetId), zone, cidr });
    }
    const nodes = { GroupName: 'nodes', Description: 'nodes', VpcId, TagSpecifications: [tags('security-group', owned)] };
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(nodes));
    const seeded = { vpcId: VpcId, subnets, nodeGroup: there(GroupId), routeTable: RouteTableId };
    const made = { instances: await runInstances(url, seeded, instances), addresses: [] as SeededCloud['addresses'][number][] };
    for (let count = 0; count < addresses; count += 1) {
      const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }));
      made.addresses.push({ allocationId: there(AllocationId), publicIp: there(PublicIp) });
    }
    const names = Array.from({ length: certificates }, (_, index) => `${index}.example.com`);
    return { ...seeded, ...made, certificates: await Promise.all(names.map((name) => requestCertificate(url, name))) };
  } finally {
    ec2.destroy();
  }
}

/** More machines, in one zone after the other, counted from `first`. */
export async function runInstances(
  url: string,
  { subnets, nodeGroup }: Pick<SeededCloud, 'subnets' | 'nodeGroup'>,
  count: number,
  first = 0,
): Promise<readonly string[]> {
  const ec2 = ec2At(url);
  try {
    const ids: string[] = [];
    for (let index = first; index < first + count; index += 1) {
      const SubnetId = there(subnets[index % subnets.length]?.id);
      const kind = { ImageId: 'ami-12c6146b', InstanceType: 't3.large', MinCount: 1, MaxCount: 1 } as const;
      const { Instances } = await ec2.send(new RunInstancesCommand({ ...kind, SubnetId, SecurityGroupIds: [nodeGroup] }));
      ids.push(there(Instances?.[0]?.InstanceId));
    }
    return ids;
  } finally {
    ec2.destroy();
  }
}

export async function terminateInstances(url: string, ids: readonly string[]): Promise<void> {
  const ec2 = ec2At(url);
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] })).finally(() => ec2.destroy());
}

const ec2At = (endpoint: string) => new EC2Client({ region, endpoint, credentials, maxAttempts: 1 });

const tags = (ResourceType: ResourceType, of: Readonly<Record<string, string>>): TagSpecification => ({
  ResourceType,
  Tags: Object.entries(of).map(([Key, Value]) => ({ Key, Value })),
});

/** In JSON, which needs no client of its own. */
async function requestCertificate(url: string, DomainName: string): Promise<string> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/acm/aws4_request`;
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'CertificateManager.RequestCertificate',
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
  };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ DomainName }) });
  const { CertificateArn } = (await answer.json()) as { CertificateArn?: string }; // checked in the next line
  return there(CertificateArn);
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('moto did not answer what was asked for');
  return value;
}
