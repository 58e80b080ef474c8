import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Affinity } from '../../../src/model/spec.ts';
import type { Settings } from '../settings/settings.ts';
import { attributesToSet, defaultsOf, listenerRows, loadBalancerRows, targetGroupRows } from './attribute-rows.ts';
import { hasProxyProtocol, listenerAttributes, loadBalancerAttributes, targetGroupAttributes } from './attributes.ts';
import { findings, listener, merged, silent, told } from './stand-ins.ts';

const web = listener('TCP', 80, 30_080);
const secure = listener('TCP', 443, 30_443);
const dns = [listener('TCP', 53, 30_053), listener('UDP', 53, 30_053)];
const clientIp: Affinity = { kind: 'client-ip', timeoutSeconds: 10_800 };

const termination = 'target_health_state.unhealthy.connection_termination.enabled';
const interval = 'target_health_state.unhealthy.draining_interval_seconds';

function balancer(settings: Partial<Settings>, scheme: 'internal' | 'internet-facing' = 'internet-facing') {
  const found = findings();
  const attributes = loadBalancerAttributes({ ...silent, ...settings }, scheme, found);
  const { 'deletion_protection.enabled': _, ...defaults } = defaultsOf(loadBalancerRows(scheme));
  return { changed: changed(attributes, defaults), refused: told(found.refusals), noted: told(found.notices) };
}

function groups(settings: Partial<Settings>, listeners = [web, listener('UDP', 5000, 30_500)], affinity: Affinity = { kind: 'none' }) {
  const found = findings();
  const of = merged(listeners, settings);
  const attributes = targetGroupAttributes(of, { ...silent, ...settings }, affinity, found);
  const differing = of.map(({ port, ...one }) => [port, changed(attributes.get(port) ?? {}, defaultsOf(targetGroupRows(one)))]);
  const proxied = of.filter(({ port }) => hasProxyProtocol(attributes.get(port) ?? {})).map(({ port }) => port);
  return { changed: Object.fromEntries(differing) as unknown, proxied, refused: told(found.refusals), found };
}

function listening(settings: Partial<Settings>, listeners = [web]) {
  const found = findings();
  const attributes = listenerAttributes(merged(listeners, settings), { ...silent, ...settings }, found);
  return { attributes: Object.fromEntries(attributes) as unknown, refused: told(found.refusals) };
}

/** What differs from Amazon's defaults. None may be missing (but protection, see `protection.ts`): a key that is not wanted would stay as it was. */
function changed(attributes: Readonly<Record<string, string>>, defaults: Readonly<Record<string, string>>) {
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(Object.keys(defaults)));
  return Object.fromEntries(Object.entries(attributes).filter(([key, value]) => defaults[key] !== value));
}

describe('of a load balancer', () => {
  it('are the defaults where nothing is said, which hang on the scheme', () => {
    expect(balancer({})).toEqual({ changed: {}, refused: [], noted: [] });
    const denied = (scheme: 'internal' | 'internet-facing') =>
      loadBalancerAttributes(silent, scheme, findings())['ipv6.deny_all_igw_traffic'];
    expect([denied('internal'), denied('internet-facing')]).toEqual(['true', 'false']);
  });

  it('are taken from the map and from settings of their own, which win and say so', () => {
    const attributes = { 'deletion_protection.enabled': 'true', 'load_balancing.cross_zone.enabled': 'false' };
    expect(balancer({ attributes, crossZone: true })).toEqual({
      changed: { 'deletion_protection.enabled': 'true', 'load_balancing.cross_zone.enabled': 'true' },
      refused: [],
      noted: ['attributes: load_balancing.cross_zone.enabled=false is overridden by crossZone'],
    });
    expect(balancer({ attributes: { 'load_balancing.cross_zone.enabled': 'true' }, crossZone: true }).noted).toEqual([]);
    expect(balancer({ accessLogs: true, accessLogsBucket: 'logs', accessLogsPrefix: 'web' }).changed).toEqual({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': 'logs',
      'access_logs.s3.prefix': 'web',
    });
  });

  it('need a bucket for access logs', () => {
    expect(balancer({ accessLogs: true }).refused).toEqual(['accessLogs: access logs need the name of a bucket']);
    expect(balancer({ attributes: { 'access_logs.s3.enabled': 'true' } }).refused).toHaveLength(1);
    expect(balancer({ accessLogsBucket: 'logs' }).refused).toEqual([]);
  });

  it.each([
    [
      'deletion_protection.enable',
      'true',
      /^attributes: a load balancer has no attribute .*; did you mean deletion_protection\.enabled\?$/,
    ],
    ['idle_timeout.timeout_seconds', '60', /; known are access_logs\.s3\.enabled, /],
    ['constructor', 'x', /has no attribute constructor/],
    ['deletion_protection.enabled', 'True', /^attributes: deletion_protection\.enabled of a load balancer is true or false, not "True"$/],
    ['dns_record.client_routing_policy', 'nearest', /is any_availability_zone or availability_zone_affinity or partial/],
    ['secondary_ips.auto_assigned.per_subnet', '8', /is a number from 0 to 7, not "8"$/],
  ])('refuse %s=%s', (key, value, text) => {
    const { changed: taken, refused } = balancer({ attributes: { [key]: value } });
    expect(taken).toEqual({});
    expect(refused).toEqual([expect.stringMatching(text)]);
  });
});

describe('of target groups', () => {
  it('are the defaults where nothing is said, which hang on the protocol', () => {
    expect(groups({})).toMatchObject({ changed: { 80: {}, 5000: {} }, proxied: [], refused: [] });
    const ends = (protocol: 'TCP' | 'UDP') =>
      defaultsOf(targetGroupRows({ protocol, targetProtocol: protocol }))['deregistration_delay.connection_termination.enabled'];
    expect([ends('TCP'), ends('UDP')]).toEqual(['false', 'true']);
  });

  it('are those of all, then those of the port', () => {
    const settings = {
      targetGroupAttributes: { 'deregistration_delay.timeout_seconds': '10', 'stickiness.enabled': 'true' },
      targetGroupAttributesByPort: { 80: { 'deregistration_delay.timeout_seconds': '20' } },
    };
    expect(groups(settings)).toMatchObject({
      changed: {
        80: { 'deregistration_delay.timeout_seconds': '20', 'stickiness.enabled': 'true' },
        5000: { 'deregistration_delay.timeout_seconds': '10', 'stickiness.enabled': 'true' },
      },
      refused: [],
    });
  });

  it.each<[string, Partial<Settings>, readonly number[]]>([
    ['an attribute of all', { targetGroupAttributes: { 'proxy_protocol_v2.enabled': 'true' } }, [80, 5000]],
    ['an attribute of one port', { targetGroupAttributesByPort: { 5000: { 'proxy_protocol_v2.enabled': 'true' } } }, [5000]],
    ['a list', { proxyProtocolPerTargetGroup: ['80'] }, [80]],
    [
      'a list beats attributes',
      { proxyProtocolPerTargetGroup: ['80'], targetGroupAttributes: { 'proxy_protocol_v2.enabled': 'true' } },
      [80],
    ],
    ['an empty list, too', { proxyProtocolPerTargetGroup: [], targetGroupAttributes: { 'proxy_protocol_v2.enabled': 'true' } }, []],
    [
      'v2 beats all',
      { proxyProtocol: 'v2', proxyProtocolPerTargetGroup: [], targetGroupAttributes: { 'proxy_protocol_v2.enabled': 'false' } },
      [80, 5000],
    ],
  ])('the PROXY protocol by %s', (_, settings, ports) => {
    expect(groups(settings)).toMatchObject({ proxied: ports, refused: [] });
  });

  it.each<[string, Partial<Settings>, string | undefined, readonly string[]]>([
    ['Amazon waits where connections end at once', {}, undefined, []],
    ['nothing is asked', { targetGroupAttributes: { [termination]: 'false' } }, '0', []],
    ['it is asked', { targetGroupAttributes: { [termination]: 'false', [interval]: '60' } }, '60', []],
    ['it is asked for one port', { targetGroupAttributesByPort: { 80: { [termination]: 'false', [interval]: '60' } } }, '60', []],
    ['it is nothing', { targetGroupAttributes: { [interval]: '0' } }, undefined, []],
    [
      'connections end at once',
      { targetGroupAttributes: { [interval]: '60' } },
      undefined,
      [`targetGroupAttributes: ${interval}=60 needs ${termination}=false beside it`],
    ],
    [
      'connections of the port end at once',
      {
        targetGroupAttributes: { [termination]: 'false' },
        targetGroupAttributesByPort: { 80: { [termination]: 'true', [interval]: '60' } },
      },
      undefined,
      [`targetGroupAttributesByPort.80: ${interval}=60 needs ${termination}=false beside it`],
    ],
  ])('the time to drain unhealthy targets where %s', (_, settings, value, refused) => {
    const found = findings();
    const attributes = targetGroupAttributes(merged([web]), { ...silent, ...settings }, { kind: 'none' }, found);
    expect(attributes.get(80)?.[interval]).toBe(value);
    expect(told(found.refusals)).toEqual(refused);
  });

  it('that UDP reaches end no connections of unhealthy targets', () => {
    expect(groups({ targetGroupAttributesByPort: { 5000: { [termination]: 'true' } } }).refused).toEqual([
      expect.stringMatching(/^targetGroupAttributesByPort\.5000: a UDP target group has no attribute target_health_state/),
    ]);
  });

  it('are taken off after the time of another kind of load balancer, unless their own attribute says one', () => {
    const key = 'deregistration_delay.timeout_seconds';
    const said = { drainingTimeout: 60, targetGroupAttributesByPort: { 5000: { [key]: '10' } } };
    expect(groups(said)).toMatchObject({ changed: { 80: { [key]: '60' }, 5000: { [key]: '10' } }, refused: [] });
    const { found, changed } = groups({ drainingTimeout: 60, targetGroupAttributes: { [key]: '10' } });
    expect(changed).toMatchObject({ 80: { [key]: '10' } });
    expect(told(found.notices)).toEqual([`drainingTimeout: ${key}=10 of targetGroupAttributes is stronger`]);
  });

  it('are sticky where the Service has affinity', () => {
    expect(groups({}, [web, ...dns], clientIp)).toMatchObject({
      changed: { 80: { 'stickiness.enabled': 'true' }, 53: { 'stickiness.enabled': 'true' } },
      refused: [],
    });
  });

  it('cannot be sticky behind TLS', () => {
    const tls = { sslCert: ['c'], sslPorts: ['443'] };
    expect(groups(tls, [web, secure], clientIp).found.refusals).toMatchObject([
      { reason: 'UnsupportedFeature', field: 'spec.sessionAffinity', listener: 'TCP/443' },
    ]);
    const asked = { ...tls, targetGroupAttributes: { 'stickiness.enabled': 'true' } };
    for (const [backendProtocol, target] of [
      ['ssl', 'TLS'],
      ['tcp', 'TCP'],
    ] as const)
      expect(groups({ ...asked, backendProtocol }, [secure]).refused).toEqual([
        `targetGroupAttributes: stickiness.enabled of a ${target} target group behind TLS is false, not "true"`,
      ]);
  });

  it('cannot be sticky and not', () => {
    const { found } = groups({ targetGroupAttributes: { 'stickiness.enabled': 'false' } }, [web], clientIp);
    expect(found.refusals).toMatchObject([{ reason: 'ConflictingSettings', field: 'spec.sessionAffinity', listener: 'TCP/80' }]);
  });

  it.each<[Partial<Settings>, string]>([
    [{ targetGroupAttributesByPort: { 81: {} } }, 'targetGroupAttributesByPort.81: the Service has no port 81; known are 80, 5000'],
    [{ proxyProtocolPerTargetGroup: ['http'] }, 'proxyProtocolPerTargetGroup: "http" is no port of the Service; known are 80, 5000'],
    [
      { targetGroupAttributesByPort: { 80: { 'stickiness.typ': 'source_ip' } } },
      'targetGroupAttributesByPort.80: a TCP target group has no attribute stickiness.typ; did you mean stickiness.type?',
    ],
    [
      { targetGroupAttributes: { 'preserve_client_ip.enabled': 'false' } },
      'targetGroupAttributes: preserve_client_ip.enabled of a UDP target group is true, not "false"',
    ],
    ...['3601', '-1', '01', '1.5', 'off', ''].map((value): [Partial<Settings>, string] => [
      { targetGroupAttributesByPort: { 80: { 'deregistration_delay.timeout_seconds': value } } },
      `targetGroupAttributesByPort.80: deregistration_delay.timeout_seconds of a TCP target group is a number from 0 to 3600, not "${value}"`,
    ]),
  ])('refuse %j', (settings, text) => {
    expect(groups(settings).refused).toEqual([text]);
  });
});

it('what is asked for all is refused once, however many ports there are', () => {
  expect(groups({ targetGroupAttributes: { 'stickiness.typ': 'x' } }, [web, secure]).refused).toHaveLength(1);
});

describe('of listeners', () => {
  it('are those of the port and protocol, by any name it has', () => {
    const idle = { 'tcp.idle_timeout.seconds': '60' };
    expect(listening({})).toEqual({ attributes: { 80: { 'tcp.idle_timeout.seconds': '350' } }, refused: [] });
    expect(listening({ listenerAttributesByPort: { 'TCP-80': idle } })).toEqual({ attributes: { 80: idle }, refused: [] });
  });

  it('are none of UDP, also beside TCP, and TLS', () => {
    const idle = { 'tcp.idle_timeout.seconds': '60' };
    expect(listening({ sslCert: ['c'], listenerAttributesByPort: { 'TLS-443': idle } }, [secure])).toEqual({
      attributes: { 443: {} },
      refused: ['listenerAttributesByPort.TLS-443: a TLS listener has no attributes, so not tcp.idle_timeout.seconds'],
    });
    for (const name of ['TCP-53', 'UDP-53', 'TCP_UDP-53'])
      expect(listening({ listenerAttributesByPort: { [name]: idle } }, dns).refused).toEqual([
        `listenerAttributesByPort.${name}: a TCP_UDP listener has no attributes, so not tcp.idle_timeout.seconds`,
      ]);
    expect(listenerRows('UDP')).toEqual({});
  });

  it.each([
    ['UDP-80', { 'tcp.idle_timeout.seconds': '60' }, 'the Service has no port UDP-80; known are TCP-80'],
    ['TCP-80', { 'tcp.idle_timeout.seconds': '59' }, 'tcp.idle_timeout.seconds of a TCP listener is a number from 60 to 6000, not "59"'],
    ['TCP-80', { 'tcp.idle_timeout': '60' }, 'a TCP listener has no attribute tcp.idle_timeout; known are tcp.idle_timeout.seconds'],
  ])('refuse %s %j', (name, attributes, text) => {
    expect(listening({ listenerAttributesByPort: { [name]: attributes } }).refused).toEqual([`listenerAttributesByPort.${name}: ${text}`]);
  });
});

describe('what must be written', () => {
  const rows = loadBalancerRows('internet-facing');
  const want = (over: Record<string, string> = {}) => ({ ...defaultsOf(rows), ...over });

  it('is what differs; what Amazon does not show is as by default', () => {
    expect(attributesToSet(rows, want(), {})).toEqual({});
    expect(attributesToSet(rows, want({ 'deletion_protection.enabled': 'true' }), {})).toEqual({ 'deletion_protection.enabled': 'true' });
    expect(attributesToSet(rows, want(), { 'deletion_protection.enabled': 'true', 'new.key': 'x' })).toEqual({
      'deletion_protection.enabled': 'false',
    });
  });

  it('is never less of what only grows', () => {
    const key = 'secondary_ips.auto_assigned.per_subnet';
    expect(attributesToSet(rows, want(), { [key]: '3' })).toEqual({});
    expect(attributesToSet(rows, want({ [key]: '3' }), { [key]: '3' })).toEqual({});
    expect(attributesToSet(rows, want({ [key]: '4' }), { [key]: '3' })).toEqual({ [key]: '4' });
  });
});

it('what is asked is there when it is written, and gone when it is taken back, whatever is asked (property)', () => {
  const rows = targetGroupRows({ protocol: 'TCP', targetProtocol: 'TCP' });
  const shown = Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, row.default]));
  const said = fc
    .record(
      Object.fromEntries(
        Object.entries(rows).map(([key, row]) => [
          key,
          fc.constantFrom(row.default, ...(row.words ?? []), ...(row.range ?? []).map(String)),
        ]),
      ),
      { requiredKeys: [] },
    )
    .map((map) => (map[interval] === undefined ? map : { ...map, [termination]: 'false' }));
  const wanted = (map: Readonly<Record<string, string | undefined>>) => {
    const found = findings();
    const targetGroups = { ...silent, targetGroupAttributes: map as Record<string, string> };
    const attributes = targetGroupAttributes(merged([web]), targetGroups, { kind: 'none' }, found).get(80) ?? {};
    expect(told(found.refusals)).toEqual([]);
    return attributes;
  };
  fc.assert(
    fc.property(said, (map) => {
      const written = { ...shown, ...attributesToSet(rows, wanted(map), shown) };
      expect(written).toMatchObject(map);
      expect(attributesToSet(rows, wanted(map), written)).toEqual({});

      const taken = { ...written, ...attributesToSet(rows, wanted({}), written) };
      expect({ ...taken, [interval]: '0' }).toEqual(shown);
      expect(attributesToSet(rows, wanted({}), taken)).toEqual({});
    }),
  );
});
