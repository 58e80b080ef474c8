import * as z from 'zod';
import type { Ec2Address, Ec2Instance, Ec2RouteTable, Ec2Subnet } from './ec2.ts';
import { count, optionalWord, parsedAnswer, tags, word } from './parsed-answer.ts';

const subnet = z
  .object({
    SubnetId: word,
    VpcId: word,
    AvailabilityZone: word,
    CidrBlock: word,
    AvailableIpAddressCount: count,
    Ipv6CidrBlockAssociationSet: z.array(z.object({ Ipv6CidrBlock: word, Ipv6CidrBlockState: z.object({ State: word }) })).default([]),
    OutpostArn: optionalWord,
    Tags: tags,
  })
  .transform(
    (of): Ec2Subnet => ({
      id: of.SubnetId,
      vpcId: of.VpcId,
      zone: of.AvailabilityZone,
      zoneKind: of.OutpostArn === undefined ? zoneKindOf(of.AvailabilityZone) : 'outpost',
      cidr: of.CidrBlock,
      ipv6Cidrs: of.Ipv6CidrBlockAssociationSet.filter((one) => one.Ipv6CidrBlockState.State === 'associated').map(
        (one) => one.Ipv6CidrBlock,
      ),
      freeAddresses: of.AvailableIpAddressCount,
      tags: of.Tags,
    }),
  );

/**
 * By the code of the zone, which EC2 documents: the region's with a letter, `eu-west-1a`; of others, the place in between:
 * `us-west-2-lax-1a`, and for wavelength `us-east-1-wl1-bos-wlz-1`. Asking EC2 would be one more request for each Service that is first.
 */
export function zoneKindOf(zone: string): string {
  if (/^[a-z]+(-[a-z]+)+-\d+[a-z]$/.test(zone)) return 'availability-zone';
  return zone.includes('-wlz-') ? 'wavelength-zone' : 'local-zone';
}

/** @throws LbError `BadAnswer` */
export const parseSubnets = (sent: unknown, action: string): readonly Ec2Subnet[] =>
  parsedAnswer(z.object({ Subnets: z.array(subnet) }), sent, action).Subnets;

const routeTable = z
  .object({
    RouteTableId: word,
    Associations: z.array(z.object({ Main: z.boolean(), SubnetId: optionalWord })).default([]),
    Routes: z.array(z.object({ GatewayId: optionalWord, State: optionalWord })).default([]),
  })
  .transform(
    (of): Ec2RouteTable => ({
      id: of.RouteTableId,
      isMain: of.Associations.some(({ Main }) => Main),
      subnetIds: of.Associations.flatMap(({ SubnetId }) => SubnetId ?? []),
      reachesInternet: of.Routes.some(({ GatewayId, State }) => GatewayId?.startsWith('igw-') === true && State !== 'blackhole'),
    }),
  );

/** @throws LbError `BadAnswer` */
export const parseRouteTables = (sent: unknown, action: string): readonly Ec2RouteTable[] =>
  parsedAnswer(z.object({ RouteTables: z.array(routeTable) }), sent, action).RouteTables;

const address = z
  .object({
    AllocationId: word,
    PublicIp: word,
    AssociationId: optionalWord,
    NetworkInterfaceId: optionalWord,
    Tags: tags,
  })
  .transform(
    (of): Ec2Address => ({
      allocationId: of.AllocationId,
      publicIp: of.PublicIp,
      ...(of.AssociationId === undefined ? {} : { associationId: of.AssociationId }),
      ...(of.NetworkInterfaceId === undefined ? {} : { networkInterfaceId: of.NetworkInterfaceId }),
      tags: of.Tags,
    }),
  );

/** @throws LbError `BadAnswer` */
export const parseAddresses = (sent: unknown, action: string): readonly Ec2Address[] =>
  parsedAnswer(z.object({ Addresses: z.array(address) }), sent, action).Addresses;

const groups = z.array(z.object({ GroupId: word })).default([]);

const instance = z
  .object({
    InstanceId: word,
    State: z.object({ Name: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']) }),
    VpcId: optionalWord,
    SecurityGroups: groups,
    NetworkInterfaces: z.array(z.object({ Attachment: z.object({ DeviceIndex: count }).optional(), Groups: groups })).default([]),
  })
  // One that was terminated has left its network.
  .refine(({ VpcId, State }) => VpcId !== undefined || State.Name === 'terminated')
  .transform(({ InstanceId, State, VpcId = '', SecurityGroups, NetworkInterfaces }): Ec2Instance => {
    const byDevice = NetworkInterfaces.toSorted((a, b) => (a.Attachment?.DeviceIndex ?? 0) - (b.Attachment?.DeviceIndex ?? 0));
    const all = [...byDevice.flatMap(({ Groups }) => Groups), ...SecurityGroups].map(({ GroupId }) => GroupId);
    return { id: InstanceId, state: State.Name, vpcId: VpcId, securityGroups: [...new Set(all)] };
  });

/** @throws LbError `BadAnswer` */
export const parseInstances = (sent: unknown, action: string): readonly Ec2Instance[] =>
  parsedAnswer(z.object({ Reservations: z.array(z.object({ Instances: z.array(instance) })) }), sent, action).Reservations.flatMap(
    ({ Instances }) => Instances,
  );
