import { describe, expect, it } from 'vitest';
import { parseIni } from '../../../src/settings/ini.ts';
import { parseRows } from '../../../src/settings/parse.ts';
import { cloudOfIni } from './cloud-config.ts';
import { connection } from './connection-rows.ts';
import { settings } from './table.ts';

const read = (text: string) => cloudOfIni(parseIni(text).entries);
const wrong = (text: string) => read(text).problems.map((problem) => `${problem.line}: ${problem.text}`);
const global = (text: string) => read(`[Global]\n${text}`);

describe('upstream’s cloud configuration', () => {
  it('is the connection', () => {
    const cloud = global('Zone=eu-central-1a\nVPC="vpc-1"\nKubernetesClusterTag=old\nKubernetesClusterID=kit\nSubnetID=subnet-1');
    expect(cloud).toMatchObject({
      connection: { region: 'eu-central-1', vpcId: 'vpc-1', clusterName: 'kit' },
      settings: { subnets: ['subnet-1'] },
      warnings: [],
      problems: [],
    });
    expect(parseRows(connection, cloud.connection, '').problems).toEqual([]);
    expect(parseRows(settings, cloud.settings, '', 'only-said').problems).toEqual([]);
  });

  it('knows the region of a zone, and takes the region where it is said', () => {
    const regionOf = (text: string) => global(text).connection['region'];
    expect([regionOf('Zone=us-west-2-lax-1a'), regionOf('zone=us-gov-west-1b'), regionOf('Zone=eu-west-1a\nRegion=eu-west-2')]).toEqual([
      'us-west-2',
      'us-gov-west-1',
      'eu-west-2',
    ]);
    expect(global('KubernetesClusterTag=old').connection).toEqual({ clusterName: 'old' });
  });

  it.each([
    ['DisableSecurityGroupIngress', { manageBackendRules: false }],
    ['DisableSecurityGroupIngress=false', {}],
    ['ElbSecurityGroup=sg-1', { securityGroups: ['sg-1'], manageBackendRules: true }],
    ['DisableSecurityGroupIngress=yes\nElbSecurityGroup=sg-1', { securityGroups: ['sg-1'], manageBackendRules: false }],
    ['ElbSecurityGroup=sg-1\nDisableSecurityGroupIngress=1', { securityGroups: ['sg-1'], manageBackendRules: false }],
    ['ClusterServiceLoadBalancerHealthProbeMode=Shared', { healthCheckOfKubeProxy: true }],
    ['ClusterServiceLoadBalancerHealthProbeMode=ServiceNodePort', { healthCheckOfKubeProxy: false }],
  ])('%j means %j', (text, meant) => {
    const cloud = global(text);
    expect(cloud).toMatchObject({ warnings: [], problems: [] });
    expect(cloud.settings).toEqual(meant);
    expect(parseRows(settings, cloud.settings, '', 'only-said').problems).toEqual([]);
  });

  it('says which keys mean nothing here, and why', () => {
    const { warnings, problems } = global('RouteTableID=rtb-1\nNodeIPFamilies=ipv4\nNLBSecurityGroupMode=Managed');
    expect(problems).toEqual([]);
    expect(warnings.map(({ line, text }) => `${line}: ${text}`)).toEqual([
      '2: RouteTableID means nothing here: Portolan manages load balancers only, no Nodes and no routes',
      '3: NodeIPFamilies means nothing here: Portolan manages load balancers only, no Nodes and no routes',
      '4: NLBSecurityGroupMode means nothing here: each load balancer gets a security group, for one that is made without can never get one',
    ]);
  });

  it('refuses what is not known, with the nearest that is, and what it would ignore at the user’s cost', () => {
    expect(wrong('[Global]\nVPCs=vpc-1\n[Gobal]\nZone=x\n[Other]\na=1')).toEqual([
      '2: [Global] has no VPCs; did you mean VPC?',
      '4: there is no section Gobal; did you mean Global?',
      '6: there is no section Other; there are Global, ServiceOverride',
    ]);
    expect(wrong('[Global]\nRoleARN=arn:aws:iam::1:role/x')[0]).toContain('a profile with role_arn');
    expect(wrong('[Global]\nDisableSecurityGroupIngress=maybe')).toEqual([
      '2: DisableSecurityGroupIngress: "maybe" is neither true nor false',
    ]);
    expect(wrong('[Global]\nClusterServiceLoadBalancerHealthProbeMode=Both')[0]).toContain('is not one of Shared, ServiceNodePort');
  });

  it('takes an endpoint that is for both services', () => {
    const override = (number: number, service: string, url: string, region = 'eu-west-1') =>
      `[ServiceOverride "${number}"]\nService=${service}\nRegion=${region}\nURL=${url}\nSigningRegion=${region}\n`;
    const both = `[Global]\nRegion=eu-west-1\n${override(1, 'ec2', 'https://a')}${override(2, 'elasticloadbalancing', 'https://a')}`;
    expect(read(both)).toMatchObject({ connection: { endpoint: 'https://a' }, problems: [] });
    expect(read(`${both}${override(3, 's3', 'https://c')}${override(4, 'ec2', 'https://d', 'eu-west-2')}`).problems).toEqual([]);
    expect(wrong(override(1, 'ec2', 'https://a'))[0]).toContain('need the same URL');
    expect(wrong(`${override(1, 'ec2', 'https://a')}${override(2, 'elasticloadbalancing', 'https://b')}`)[0]).toContain(
      'need the same URL',
    );
    expect(read(override(1, 's3', 'https://a'))).toMatchObject({ connection: {}, problems: [] });
  });
});
