import { expect, test } from 'vitest';
import { serviceNamed, services, testApi } from '../client-for-tests.ts';

const ports = (...numbers: readonly (readonly [string, number?])[]) =>
  numbers.map(([name, nodePort], index) => ({ name, port: 80 + index, ...(nodePort === undefined ? {} : { nodePort }) }));

async function balancer() {
  const client = testApi();
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: ports(['a', 30_001], ['b', 30_002]) };
  const { body } = await client.post(services, serviceNamed('web', spec));
  const { clusterIP, healthCheckNodePort } = body['spec'] as { clusterIP: string; healthCheckNodePort: number }; // a stored LoadBalancer
  return { ...client, spec, body, clusterIP, healthCheckNodePort };
}

test('a manifest put again keeps what was allocated, and is no write', async () => {
  const { put, spec, body } = await balancer();
  const again = await put(`${services}/web`, serviceNamed('web', { ...spec, ports: ports(['a'], ['b']) }));
  expect(again).toEqual({ status: 200, body });
});

test('node ports follow the names of their ports', async () => {
  const { put, spec, clusterIP, healthCheckNodePort } = await balancer();
  const { body } = await put(`${services}/web`, serviceNamed('web', { ...spec, ports: ports(['b'], ['a']) }));
  expect(body['spec']).toMatchObject({
    clusterIP,
    healthCheckNodePort,
    ports: [
      { name: 'b', nodePort: 30_002 },
      { name: 'a', nodePort: 30_001 },
    ],
  });
});

test('a node port that another port now asks for is not inherited', async () => {
  const { put, spec } = await balancer();
  const { status, body } = await put(`${services}/web`, serviceNamed('web', { ...spec, ports: ports(['a'], ['c', 30_001]) }));
  expect(status).toBe(200);
  const [a, c] = (body['spec'] as { ports: { nodePort: number }[] }).ports; // a Service has ports
  expect(c?.nodePort).toBe(30_001);
  expect(a?.nodePort).not.toBe(30_001);
});
