import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CloudProxy, groupInUse, throttled } from './cloud-proxy.ts';
import { motoAsAmazon } from './moto-as-amazon.ts';

const asked: string[] = [];
let answers: string[] = [];
const cloud = createServer((request, response) => {
  void request.toArray().then((parts) => {
    asked.push(Buffer.concat(parts as Buffer[]).toString()); // an HTTP body is bytes
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answers.shift() ?? '<done/>');
  });
});
let proxy: CloudProxy;
beforeAll(async () => {
  cloud.listen(0, '127.0.0.1');
  await once(cloud, 'listening');
  proxy = await CloudProxy.start(`http://127.0.0.1:${(cloud.address() as AddressInfo).port}`, motoAsAmazon()); // it listens on TCP
});
beforeEach(() => {
  asked.length = 0;
  answers = [];
  proxy.calls.length = 0;
  proxy.heal();
});
afterAll(async () => {
  await proxy.close();
  cloud.close();
  cloud.closeAllConnections();
});

async function ask(action: string, fields: Readonly<Record<string, string>> = {}, service = 'elasticloadbalancing') {
  const authorization = `AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(proxy.url, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams({ Action: action, ...fields }),
  });
  return { status: answer.status, text: await answer.text() };
}

test('counts requests by action and phase', async () => {
  proxy.phase('create');
  await ask('DescribeTags');
  await ask('DescribeTags');
  await ask('CreateListener', { Port: '80' });
  proxy.phase('idle');

  expect(proxy.counts('create')).toEqual({ CreateListener: 1, DescribeTags: 2 });
  expect(proxy.counts()).toEqual({});
  expect(proxy.calls.at(-1)).toMatchObject({ service: 'elasticloadbalancing', mutates: true, fields: { Port: '80' }, status: 200 });
});

test('the nth request of an action goes wrong, in each way', async () => {
  proxy.fault('CreateListener', throttled, 2);
  proxy.fault('DeleteSecurityGroup', groupInUse);
  proxy.fault('CreateLoadBalancer', { does: 'lose-answer' });
  proxy.fault('CreateTargetGroup', { does: 'cut' });

  expect((await ask('CreateListener')).status).toBe(200);
  expect(await ask('CreateListener')).toMatchObject({ status: 400, text: expect.stringContaining('<Code>Throttling</Code>') as unknown });
  expect((await ask('CreateListener')).status).toBe(200);
  expect((await ask('DeleteSecurityGroup', {}, 'ec2')).text).toContain('<Code>DependencyViolation</Code>');
  await expect(ask('CreateLoadBalancer')).rejects.toThrow();
  await expect(ask('CreateTargetGroup')).rejects.toThrow();
  expect(asked.map((body) => /Action=(\w+)/.exec(body)?.[1])).toEqual(['CreateListener', 'CreateListener', 'CreateLoadBalancer']);
});

test('a share of all is throttled, the same ones each time', async () => {
  const once = async () => {
    proxy.throttle(0.3, 7);
    const all: number[] = [];
    for (let count = 0; count < 30; count += 1) all.push((await ask('DescribeTags')).status);
    return all;
  };
  const first = await once();

  expect(await once()).toEqual(first);
  expect(first.filter((status) => status === 400).length).toBeGreaterThan(3);
  expect(first.filter((status) => status === 200).length).toBeGreaterThan(10);
});

test('each change is told before and after it is made; one that is killed before is never made', async () => {
  const told: string[] = [];
  proxy.onChange = (when, { action }) => void told.push(`${when} ${action} ${asked.length}`);

  await ask('DescribeTags');
  await ask('CreateListener');

  expect(told).toEqual(['before CreateListener 1', 'after CreateListener 2']);
});

test('rules of security groups are answered as Amazon does', async () => {
  const rule = (id: string, source: string) =>
    `<item><securityGroupRuleId>${id}</securityGroupRuleId><groupId>sg-1</groupId><ipProtocol>tcp</ipProtocol><fromPort>1</fromPort><toPort>2</toPort>${source}<tagSet><item><key>k</key></item></tagSet></item>`;
  const set = (...rules: readonly string[]) => `<x><securityGroupRuleSet>${rules.join('')}</securityGroupRuleSet></x>`;
  const [old, byCidr] = [rule('sgr-0', ''), rule('sgr-1', '<cidrIpv4>10.0.0.0/8</cidrIpv4>')];
  const byGroup = rule('sgr-2', '<referencedGroupInfo><groupId>sg-9</groupId></referencedGroupInfo>');
  answers = [set(old), set(byGroup), set(old, byCidr, byGroup), set(old, byCidr, byGroup)];
  const permission = { 'IpPermissions.1.IpProtocol': 'tcp', 'IpPermissions.1.FromPort': '1', 'IpPermissions.1.ToPort': '2' };
  const group = { 'IpPermissions.1.Groups.1.GroupId': 'sg-9', 'IpPermissions.1.Groups.1.Description': 'ours' };
  const withDescription = byGroup.replace('</referencedGroupInfo>', '</referencedGroupInfo><description>ours</description>');

  expect((await ask('AuthorizeSecurityGroupIngress', { GroupId: 'sg-1', ...permission, ...group }, 'ec2')).text).toBe(
    set(byCidr, withDescription),
  );
  expect((await ask('DescribeSecurityGroupRules', {}, 'ec2')).text).toBe(set(old, byCidr, withDescription));
  expect(proxy.calls.map(({ action }) => action)).toEqual(['AuthorizeSecurityGroupIngress', 'DescribeSecurityGroupRules']);
});
