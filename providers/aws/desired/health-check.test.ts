import { describe, expect, it } from 'vitest';
import type { Listener } from '../../../src/model/spec.ts';
import type { Settings } from '../settings/settings.ts';
import { healthCheckOf } from './health-check.ts';
import { findings, listener, local, merged, silent, told } from './stand-ins.ts';

const web = listener('TCP', 80, 30_080, { name: 'http' });
const dns = listener('UDP', 53, 30_053, { name: 'dns' });
const localWeb = { ...web, ...local };
const localDns = { ...dns, ...local };

const connecting = {
  protocol: 'TCP',
  port: 'traffic-port',
  intervalSeconds: 10,
  timeoutSeconds: 10,
  healthyThreshold: 3,
  unhealthyThreshold: 3,
};
const asking = {
  protocol: 'HTTP',
  path: '/healthz',
  matcher: '200-399',
  intervalSeconds: 10,
  timeoutSeconds: 6,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
};

function checkOf(of: Listener | readonly Listener[], settings: Partial<Settings> = {}, proxyProtocol = false) {
  const all = Array.isArray(of) ? of : [of];
  const found = findings();
  const [first] = merged(all);
  if (first === undefined) throw new Error('no listener');
  const check = healthCheckOf(first, all, { ...silent, ...settings }, proxyProtocol, found);
  return { check, refused: told(found.refusals), noted: told(found.notices) };
}

describe('a health check that nobody sets', () => {
  it.each<[string, Listener | readonly Listener[], Partial<Settings>, boolean, object]>([
    ['Cluster tries the node port', web, {}, false, connecting],
    ['Cluster asks kube-proxy where that is chosen', web, { healthCheckOfKubeProxy: true }, false, { ...asking, port: '10256' }],
    ['Cluster and UDP asks kube-proxy', dns, {}, false, { ...asking, port: '10256' }],
    ['Cluster, TCP and UDP tries the node port', [dns, { ...web, port: 53, nodePort: 30_053 }], {}, false, connecting],
    ['Local asks the health check node port', localWeb, {}, false, { ...asking, port: '32000' }],
    ['Local and UDP asks the health check node port', localDns, {}, false, { ...asking, port: '32000' }],
    ['Local stays with it where kube-proxy is chosen', localWeb, { healthCheckOfKubeProxy: true }, false, { ...asking, port: '32000' }],
    ['PROXY protocol: Cluster tries the node port', web, {}, true, connecting],
    ['PROXY protocol: Local tries the node port', localWeb, {}, true, connecting],
    ['PROXY protocol: so it does in place of kube-proxy', web, { healthCheckOfKubeProxy: true }, true, connecting],
    ['PROXY protocol: UDP connects to kube-proxy', dns, {}, true, { ...connecting, port: '10256' }],
  ])('%s', (_, of, settings, proxyProtocol, check) => {
    expect(checkOf(of, settings, proxyProtocol)).toEqual({ check, refused: [], noted: [] });
  });

  it('says where it cannot tell nodes without endpoints apart', () => {
    const { check, noted } = checkOf(localDns, {}, true);
    expect(check).toEqual({ ...connecting, port: '32000' });
    expect(noted).toEqual([expect.stringMatching(/^proxyProtocol: .*UDP\/53 cannot tell/)]);
  });
});

describe('each setting replaces one field', () => {
  it.each<[Partial<Settings>, object, object]>([
    [{ healthCheckProtocol: 'HTTP' }, { ...connecting, protocol: 'HTTP', path: '/', matcher: '200-399' }, { ...asking, port: '32000' }],
    [{ healthCheckProtocol: 'TCP' }, connecting, { ...without(asking, 'path', 'matcher'), protocol: 'TCP', port: '32000' }],
    [{ healthCheckPort: '8080' }, { ...connecting, port: '8080' }, { ...asking, port: '8080' }],
    [{ healthCheckPort: 'http' }, { ...connecting, port: '30080' }, { ...asking, port: '30080' }],
    [{ healthCheckPort: 'traffic-port' }, connecting, { ...asking, port: 'traffic-port' }],
    [
      { healthCheckProtocol: 'HTTPS', healthCheckPath: '/ready', healthCheckSuccessCodes: '200,204-299' },
      { ...connecting, protocol: 'HTTPS', path: '/ready', matcher: '200,204-299' },
      { ...asking, protocol: 'HTTPS', port: '32000', path: '/ready', matcher: '200,204-299' },
    ],
    [{ healthCheckInterval: 30 }, { ...connecting, intervalSeconds: 30 }, { ...asking, port: '32000', intervalSeconds: 30 }],
    [{ healthCheckTimeout: 2 }, { ...connecting, timeoutSeconds: 2 }, { ...asking, port: '32000', timeoutSeconds: 2 }],
    [{ healthCheckHealthyThreshold: 10 }, { ...connecting, healthyThreshold: 10 }, { ...asking, port: '32000', healthyThreshold: 10 }],
    [{ healthCheckUnhealthyThreshold: 5 }, { ...connecting, unhealthyThreshold: 5 }, { ...asking, port: '32000', unhealthyThreshold: 5 }],
  ])('%j', (settings, cluster, underLocal) => {
    expect(checkOf(web, settings)).toEqual({ check: cluster, refused: [], noted: [] });
    expect(checkOf(localWeb, settings)).toEqual({ check: underLocal, refused: [], noted: [] });
  });

  it('but a timeout that nobody set is never longer than the interval', () => {
    expect(checkOf(web, { healthCheckInterval: 5 }).check).toMatchObject({ intervalSeconds: 5, timeoutSeconds: 5 });
  });

  it('with the PROXY protocol, HTTP is honoured as it would be without, and it is said what that needs', () => {
    const { check, noted } = checkOf(localWeb, { healthCheckProtocol: 'HTTP' }, true);
    expect(check).toEqual({ ...asking, port: '32000' });
    expect(noted).toEqual([expect.stringMatching(/^healthCheckProtocol: with the PROXY protocol, health checks of TCP\/80 by HTTP begin/)]);
  });

  it('with the PROXY protocol, TCP tries the node port, which is what it would do unasked', () => {
    expect(checkOf(localWeb, { healthCheckProtocol: 'TCP' }, true)).toEqual({ check: connecting, refused: [], noted: [] });
  });

  it('a UDP port that shall be tried by TCP is told that nothing will answer', () => {
    const { check, noted } = checkOf(dns, { healthCheckProtocol: 'TCP', healthCheckPort: 'traffic-port' });
    expect(check).toMatchObject({ protocol: 'TCP', port: 'traffic-port' });
    expect(noted).toEqual([expect.stringMatching(/^healthCheckPort: UDP\/53 is UDP/)]);
  });

  it('a path and codes say nothing about TCP', () => {
    const { check, noted } = checkOf(web, { healthCheckPath: 'any', healthCheckSuccessCodes: 'any' });
    expect(check).toEqual(connecting);
    expect(noted).toEqual(['healthCheckPath: a health check by TCP has none', 'healthCheckSuccessCodes: a health check by TCP has none']);
  });
});

describe('refused is', () => {
  it.each<[Partial<Settings>, string]>([
    [{ healthCheckPort: '0' }, 'healthCheckPort: 0 is no port number'],
    [{ healthCheckPort: '65536' }, 'healthCheckPort: 65536 is no port number'],
    [{ healthCheckPort: 'htp' }, 'healthCheckPort: "htp" is neither a number nor a port of the Service; did you mean http?'],
    [
      { healthCheckPort: 'zzzzzz' },
      'healthCheckPort: "zzzzzz" is neither a number nor a port of the Service; known are traffic-port, http',
    ],
    [{ healthCheckInterval: 4 }, 'healthCheckInterval: 4 is not a whole number from 5 to 300'],
    [{ healthCheckInterval: 301 }, 'healthCheckInterval: 301 is not a whole number from 5 to 300'],
    [{ healthCheckTimeout: 1 }, 'healthCheckTimeout: 1 is not a whole number from 2 to 120'],
    [{ healthCheckTimeout: 121, healthCheckInterval: 300 }, 'healthCheckTimeout: 121 is not a whole number from 2 to 120'],
    [{ healthCheckTimeout: 11 }, 'healthCheckTimeout: a timeout of 11 s is longer than the interval of 10 s'],
    [{ healthCheckHealthyThreshold: 1 }, 'healthCheckHealthyThreshold: 1 is not a whole number from 2 to 10'],
    [{ healthCheckUnhealthyThreshold: 11 }, 'healthCheckUnhealthyThreshold: 11 is not a whole number from 2 to 10'],
    [{ healthCheckUnhealthyThreshold: 2.5 }, 'healthCheckUnhealthyThreshold: 2.5 is not a whole number from 2 to 10'],
    [
      { healthCheckProtocol: 'HTTP', healthCheckPath: 'healthz' },
      'healthCheckPath: "healthz" does not begin with /, or has more than 1024 characters',
    ],
    ...['', '20x', '199', '600', '299-200', '200,', '200 204'].map((codes): [Partial<Settings>, string] => [
      { healthCheckProtocol: 'HTTP', healthCheckSuccessCodes: codes },
      `healthCheckSuccessCodes: "${codes}" is not like 200, 200,204 or 200-399, of 200 to 599`,
    ]),
  ])('%j', (settings, text) => {
    expect(checkOf(web, settings).refused).toEqual([text]);
  });

  it.each<Partial<Settings>>([
    { healthCheckInterval: 5 },
    { healthCheckInterval: 300, healthCheckTimeout: 120 },
    { healthCheckInterval: 10, healthCheckTimeout: 10 },
    { healthCheckHealthyThreshold: 2, healthCheckUnhealthyThreshold: 10 },
    { healthCheckPort: '1' },
    { healthCheckPort: '65535' },
  ])('not %j', (settings) => {
    expect(checkOf(web, settings).refused).toEqual([]);
  });
});

function without<T extends object, K extends keyof T>(of: T, ...keys: readonly K[]): Omit<T, K> {
  const rest = { ...of };
  for (const key of keys) delete rest[key];
  return rest;
}
