import { expect, it } from 'vitest';
import { parseIp, type IpAddress } from '../net/ip.ts';
import { healthAnswer } from './toy-health.ts';

const at = { node: 'a', address: parseIp('127.0.0.1') as IpAddress, port: 1 }; // a literal that parses
const now = '2026-01-01T00:00:00.000Z';

it('says how many local endpoints there are, and fails without any (contract I3)', () => {
  const socket = { ...at, kind: 'service-health', service: { namespace: 'shop', name: 'web' }, localEndpoints: 2 } as const;
  const [some, none] = [socket, { ...socket, localEndpoints: 0 }].map((state) => healthAnswer(state, '/healthz', now));

  expect(some).toMatchObject({ status: 200, headers: { 'X-Load-Balancing-Endpoint-Weight': '2', 'Content-Type': 'application/json' } });
  expect(JSON.parse(some?.body ?? '')).toEqual({
    service: { namespace: 'shop', name: 'web' },
    localEndpoints: 2,
    serviceProxyHealthy: true,
  });
  expect(none).toMatchObject({ status: 503, headers: { 'X-Load-Balancing-Endpoint-Weight': '0' } });
});

it("fails kube-proxy's own check once the node is about to go, but stays alive (contract I5)", () => {
  const going = { ...at, kind: 'proxy-health', eligible: false } as const;

  expect(healthAnswer({ ...going, eligible: true }, '/healthz', now).status).toBe(200);
  expect(healthAnswer(going, '/healthz', now).status).toBe(503);
  expect(JSON.parse(healthAnswer(going, '/healthz', now).body)).toMatchObject({ nodeEligible: false });
  expect(healthAnswer(going, '/livez', now).status).toBe(200);
  expect(healthAnswer(going, '/', now).status).toBe(404);
});
