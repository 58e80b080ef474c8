import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { cannedAmazon } from './canned-amazon.ts';

const options = { signal: new AbortController().signal };
const hour = 3_600_000;
afterEach(() => vi.unstubAllEnvs());

/** What hands out credentials beside a Pod: a new key each time it is asked, good for so long. */
async function agent(goodForMs: number) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    const Expiration = new Date(Date.now() + goodForMs).toISOString();
    const key = { AccessKeyId: `KEY${asked}`, SecretAccessKey: 'secret', Token: `token ${asked}`, Expiration };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(key));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${(server.address() as AddressInfo).port}/key`); // it listens on TCP
  return { server, asked: () => asked, [Symbol.dispose]: () => server.close() };
}

it('one credential serves all clients for as long as it is good', async () => {
  using pod = await agent(hour);
  const amazon = await cannedAmazon();
  amazon.answers('<LoadBalancers/>', '', '<subnetSet/>', '');

  await amazon.elb.loadBalancers(options);
  await amazon.elb.deleteListener('li', options);
  await amazon.ec2.subnets('vpc-1', options);
  await amazon.ec2.deleteSecurityGroup('sg-1', options);
  amazon.close();

  expect([amazon.signers, pod.asked()]).toEqual([['KEY1', 'KEY1', 'KEY1', 'KEY1'], 1]);
});

it('a credential that has ended is renewed under way, and nothing more is signed by it', async () => {
  using pod = await agent(-1_000);
  const amazon = await cannedAmazon();

  await amazon.elb.deleteListener('li', options);
  await amazon.ec2.deleteSecurityGroup('sg-1', options);
  await amazon.elb.deleteListener('li', options);
  amazon.close();

  expect(new Set(amazon.signers).size).toBe(3);
  expect(pod.asked()).toBeGreaterThanOrEqual(3);
});

it('without any credential nothing is sent', async () => {
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
  const amazon = await cannedAmazon();

  await expect(amazon.elb.deleteListener('li', options)).rejects.toMatchObject({
    code: 'PermissionDenied',
    verdict: 'retry',
    text: 'DeleteListener was not sent: no credential was found',
  });
  amazon.close();

  expect(amazon.actions).toEqual([]);
});
