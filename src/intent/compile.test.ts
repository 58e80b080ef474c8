import { describe, expect, it } from 'vitest';
import { capabilitiesWithout, fakeSettings, type FakeSettings } from '../../test/builders/fake-settings.ts';
import { aClass, aNode, aPort, aService } from '../../test/builders/views.ts';
import type { Feature } from '../model/capabilities.ts';
import { clusterId } from '../model/ids.ts';
import type { LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import { parseIp } from '../net/ip.ts';
import { compile, type Intent } from './compile.ts';
import { MemberSets } from './nodes.ts';

const nodes = new MemberSets().of([aNode('node-1'), aNode('node-2', { labels: { pool: 'edge' } })]);

function compiled(
  patch: Partial<ServiceView> = {},
  lacks: readonly Feature[] = [],
  settings: LoadBalancerClass['settings'] = {},
): Intent<FakeSettings> {
  return compile({
    service: aService(patch),
    clusterId: clusterId('c1'),
    class: aClass({ settings }),
    table: fakeSettings,
    capabilities: () => capabilitiesWithout(...lacks),
    nodes,
  });
}

function specOf(...args: Parameters<typeof compiled>) {
  const intent = compiled(...args);
  if (intent.kind !== 'spec') throw new Error(`refused: ${JSON.stringify(intent.refusals)}`);
  return intent.spec;
}

function refusalsOf(...args: Parameters<typeof compiled>) {
  const intent = compiled(...args);
  return intent.kind === 'refused' ? intent.refusals : [];
}

describe('a plain Service', () => {
  it('comes to a spec', () => {
    const spec = specOf();

    expect(spec).toMatchObject({
      owner: { clusterId: 'c1', key: 'service/8f1c6d0e-0000-4000-8000-000000000001', services: [{ name: 'default/web' }] },
      scheme: 'public',
      addresses: [{ family: 'IPv4', required: true }],
      listeners: [
        { id: 'TCP/80', protocol: 'TCP', port: 80, nodePort: 30_080, trafficPolicy: 'Cluster', healthCheck: { kind: 'cluster' } },
      ],
      sourceRanges: [],
      affinity: { kind: 'none' },
      published: [],
      explicit: [],
      frozen: [],
      settings: { proxyProtocol: false, idleTimeout: 60_000, algorithm: 'round-robin' },
    });
    expect(spec.members).toBe(nodes.members);
    expect(spec.membersDigest).toBe(nodes.digest);
  });

  it('is frozen throughout', () => {
    const spec = specOf();
    for (const part of [spec, spec.owner, spec.addresses[0], spec.listeners[0]?.healthCheck, spec.settings, spec.explicit]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('keeps the order of its ports, and the protocol in their identity', () => {
    const ports = [aPort({ name: 'dns-udp', protocol: 'UDP', port: 53 }), aPort({ port: 443, appProtocol: 'https' }), aPort({ port: 53 })];

    const { listeners } = specOf({ ports });

    expect(listeners.map(({ id }) => id)).toEqual(['UDP/53', 'TCP/443', 'TCP/53']);
    expect(listeners[1]?.appProtocol).toBe('https');
    expect(listeners[0]).not.toHaveProperty('appProtocol');
  });

  it('asks for endpoints under Local, on the health check port', () => {
    const { listeners } = specOf({ externalTrafficPolicy: 'Local', healthCheckNodePort: 31_999 });
    expect(listeners[0]).toMatchObject({ trafficPolicy: 'Local', healthCheck: { kind: 'local', port: 31_999 } });
  });

  it('carries affinity and what is published', () => {
    const ingress = [{ ip: parseIp('203.0.113.1')! }];
    const spec = specOf({ sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 300, ingress });
    expect(spec).toMatchObject({ affinity: { kind: 'client-ip', timeoutSeconds: 300 }, published: [{ ip: '203.0.113.1' }] });
  });
});

describe('settings', () => {
  it('come from the Service, else the class, else the default', () => {
    const annotations = { 'portolan.dev/idle-timeout': '2m' };
    const classSettings = { idleTimeout: 5000, algorithm: 'least-connections' };

    const spec = specOf({ annotations }, [], classSettings);

    expect(spec.settings).toEqual({ proxyProtocol: false, idleTimeout: 120_000, algorithm: 'least-connections' });
    expect(spec.explicit).toEqual(['idleTimeout']);
  });

  it('that are shown beside a spec are those that were read oddly', () => {
    const intent = compiled({ annotations: { 'service.beta.kubernetes.io/aws-load-balancer-type': 'nlb' } });
    expect(intent).toMatchObject({ kind: 'spec', notices: [{ field: 'service.beta.kubernetes.io/aws-load-balancer-type' }] });
  });

  it('say the scheme: class first, Service over it', () => {
    expect(specOf({}, [], { scheme: 'internal' })).toMatchObject({ scheme: 'internal', explicit: [] });
    expect(specOf({}, [], { scheme: 'internal' }).origin).toEqual({ scheme: 'classes[main].settings.scheme' });
    expect(specOf().origin).toStrictEqual({});
    expect(specOf({}, [], { internal: true })).toMatchObject({ scheme: 'internal', explicit: [] });
    const annotations = { 'portolan.dev/scheme': 'public' };
    expect(specOf({ annotations }, [], { scheme: 'internal' })).toMatchObject({
      scheme: 'public',
      explicit: ['scheme'],
      origin: { scheme: 'portolan.dev/scheme' },
    });
    expect(specOf({ sourceRanges: ['10.0.0.0/8'] }).origin).toStrictEqual({ sourceRanges: 'spec.loadBalancerSourceRanges' });
  });

  it('that cannot be read leave no settings for a deletion', () => {
    const intent = compiled({ annotations: { 'portolan.dev/idle-timeout': 'soon' } });
    expect(intent).toMatchObject({ kind: 'refused', refusals: [{ reason: 'InvalidSetting', field: 'portolan.dev/idle-timeout' }] });
    expect(intent).not.toHaveProperty('settings');
  });

  it('that can be read are kept when something else is refused', () => {
    expect(compiled({}, ['tcp'])).toMatchObject({ kind: 'refused', settings: { idleTimeout: 60_000 } });
  });
});

describe('capabilities', () => {
  const v6 = { ipFamilies: ['IPv6'] } as const;
  const asks: readonly [Feature, Partial<ServiceView>, object][] = [
    ['tcp', {}, { reason: 'UnsupportedProtocol', field: 'spec.ports[0].protocol', listener: 'TCP/80' }],
    ['udp', { ports: [aPort({ protocol: 'UDP' })] }, { reason: 'UnsupportedProtocol', listener: 'UDP/80' }],
    [
      'sctp',
      { ports: [aPort(), aPort({ protocol: 'SCTP' })] },
      { reason: 'UnsupportedProtocol', field: 'spec.ports[1].protocol', listener: 'SCTP/80' },
    ],
    [
      'mixedProtocols',
      { ports: [aPort(), aPort({ protocol: 'UDP' })] },
      { reason: 'LoadBalancerMixedProtocolNotSupported', field: 'spec.ports[1].protocol', listener: 'UDP/80' },
    ],
    ['ipv4', {}, { reason: 'UnsupportedFeature', field: 'spec.ipFamilies' }],
    ['ipv6', v6, { reason: 'UnsupportedFeature', field: 'spec.ipFamilies' }],
    [
      'dualStack',
      { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
      { reason: 'UnsupportedFeature', field: 'spec.ipFamilyPolicy' },
    ],
    ['publicScheme', {}, { reason: 'UnsupportedFeature', field: 'classes[main].settings.scheme' }],
    [
      'internalScheme',
      { annotations: { 'portolan.dev/scheme': 'internal' } },
      { reason: 'UnsupportedFeature', field: 'portolan.dev/scheme' },
    ],
    ['requestedAddress', { loadBalancerIP: '192.0.2.1' }, { reason: 'UnsupportedFeature', field: 'spec.loadBalancerIP' }],
    ['sourceRanges', { sourceRanges: ['10.0.0.0/8'] }, { reason: 'UnsupportedFeature', field: 'spec.loadBalancerSourceRanges' }],
    ['clientIpAffinity', { sessionAffinity: 'ClientIP' }, { reason: 'UnsupportedFeature', field: 'spec.sessionAffinity' }],
    [
      'localTrafficPolicy',
      { externalTrafficPolicy: 'Local', healthCheckNodePort: 31_000 },
      { reason: 'UnsupportedFeature', field: 'spec.externalTrafficPolicy' },
    ],
    ['clusterTrafficPolicy', {}, { reason: 'UnsupportedFeature', field: 'spec.externalTrafficPolicy' }],
    [
      'noNodePorts',
      { ports: [aPort({ nodePort: 0 })] },
      { reason: 'NodePortMissing', field: 'spec.ports[0].nodePort', listener: 'TCP/80' },
    ],
    [
      'proxyProtocol',
      { annotations: { 'portolan.dev/proxy-protocol': 'true' } },
      { reason: 'UnsupportedFeature', field: 'portolan.dev/proxy-protocol' },
    ],
  ];

  it.each(asks)('%s: refused where it is lacked, with field and cause; served where it is there', (feature, patch, refusal) => {
    expect(refusalsOf(patch, [feature])).toEqual([
      expect.objectContaining({ ...refusal, text: expect.stringContaining(`the fake has no ${feature}`) }),
    ]);
    expect(compiled(patch).kind).toBe('spec');
  });

  const both = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' } as const;
  it.each<[Feature, Partial<ServiceView>, string]>([
    ['ipv6', v6, 'Choose a class whose provider has the family'],
    ['dualStack', both, 'Set spec.ipFamilyPolicy to PreferDualStack or SingleStack, or choose another class'],
    ['publicScheme', {}, 'Set the annotation portolan.dev/scheme'],
    ['clientIpAffinity', { sessionAffinity: 'ClientIP' }, 'Set spec.sessionAffinity to None'],
  ])('%s: the user is told what can be done without it', (feature, patch, remedy) => {
    expect(refusalsOf(patch, [feature])).toMatchObject([{ remedy }]);
  });

  it('a remedy of the catalogue is not covered by an empty one', () => {
    expect(refusalsOf({}, ['clusterTrafficPolicy'])[0]).not.toHaveProperty('remedy');
  });

  it('ranges of the annotation are refused there', () => {
    const key = 'service.beta.kubernetes.io/load-balancer-source-ranges';
    expect(refusalsOf({ annotations: { [key]: '10.0.0.0/8' } }, ['sourceRanges'])).toMatchObject([{ field: key }]);
    expect(refusalsOf({ sourceRanges: ['10.0.0.0/8'], annotations: { [key]: '10.0.0.0/8' } }, ['sourceRanges'])).toMatchObject([
      { field: 'spec.loadBalancerSourceRanges' },
    ]);
  });

  it('a list of addresses is refused once', () => {
    const annotations = { 'portolan.dev/load-balancer-ips': '192.0.2.1,2001:db8::1' };
    expect(refusalsOf({ ...both, annotations }, ['requestedAddress'])).toHaveLength(1);
  });

  it('that are lacked and not asked for disturb nobody', () => {
    const lacks = ['udp', 'sctp', 'mixedProtocols', 'ipv6', 'dualStack', 'internalScheme', 'requestedAddress'] as const;
    expect(specOf({}, [...lacks, 'sourceRanges', 'clientIpAffinity', 'localTrafficPolicy', 'noNodePorts', 'proxyProtocol']).scheme).toBe(
      'public',
    );
  });

  it('all refusals are found at once', () => {
    const patch = { sessionAffinity: 'ClientIP', loadBalancerIP: 'x', ports: [aPort({ protocol: 'UDP', nodePort: 0 })] } as const;
    expect(refusalsOf(patch, ['udp', 'clientIpAffinity', 'noNodePorts']).map(({ reason }) => reason)).toEqual([
      'InvalidSetting',
      'UnsupportedProtocol',
      'NodePortMissing',
      'UnsupportedFeature',
    ]);
  });

  it('an open list of ranges asks for nothing', () => {
    expect(specOf({ sourceRanges: ['0.0.0.0/0'] }, ['sourceRanges']).sourceRanges).toEqual([]);
  });

  it('Local without its health check port is refused', () => {
    expect(refusalsOf({ externalTrafficPolicy: 'Local' })).toEqual([
      {
        reason: 'HealthCheckNodePortMissing',
        text: 'the traffic policy is Local and there is no port for its health check',
        field: 'spec.healthCheckNodePort',
      },
    ]);
  });
});

describe('families (contract J1–J4)', () => {
  const both = { ipFamilies: ['IPv6', 'IPv4'] } as const;

  it('are in the order of the Service, both required where both must be', () => {
    const spec = specOf({ ...both, ipFamilyPolicy: 'RequireDualStack' });
    expect(spec.addresses).toEqual([
      { family: 'IPv6', required: true },
      { family: 'IPv4', required: true },
    ]);
  });

  it('the second may be missing where dual stack is only preferred', () => {
    const spec = specOf({ ...both, ipFamilyPolicy: 'PreferDualStack' });
    expect(spec.addresses).toEqual([
      { family: 'IPv6', required: true },
      { family: 'IPv4', required: false },
    ]);
  });

  it.each([
    ['ipv6', 'IPv4', 'IPv6'],
    ['ipv4', 'IPv6', 'IPv4'],
    ['dualStack', 'IPv6', 'IPv4'],
  ] as const)('preferred dual stack without %s is served on %s, visibly', (feature, served, missing) => {
    const intent = compiled({ ...both, ipFamilyPolicy: 'PreferDualStack' }, [feature]);

    expect(intent).toMatchObject({
      kind: 'spec',
      spec: { addresses: [{ family: served, required: true }] },
      notices: [
        {
          reason: 'UnsupportedFeature',
          kind: 'service',
          field: 'spec.ipFamilies',
          text: `no ${missing} address: the fake has no ${feature}`,
          // There is nothing the user must do.
          remedy: '',
        },
      ],
    });
  });

  it('without either family nothing can be served', () => {
    expect(refusalsOf({ ...both, ipFamilyPolicy: 'PreferDualStack' }, ['ipv4', 'ipv6'])).toHaveLength(2);
  });

  it('none at all means IPv4', () => {
    expect(specOf({ ipFamilies: [] }).addresses).toStrictEqual([{ family: 'IPv4', required: true }]);
  });

  it('an address asked for in a family that is there is no reason to refuse the other', () => {
    const patch = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack', loadBalancerIP: '192.0.2.7' } as const;
    expect(specOf(patch, ['ipv6']).addresses).toMatchObject([{ family: 'IPv4', requested: { address: '192.0.2.7' } }]);
  });

  it('an address asked for in a family that is left out is refused, not dropped', () => {
    const annotations = { 'portolan.dev/load-balancer-ips': '2001:db8::1' };
    const patch = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack', annotations } as const;
    expect(refusalsOf(patch, ['ipv6'])).toMatchObject([{ reason: 'UnsupportedFeature', field: 'portolan.dev/load-balancer-ips' }]);
  });
});

describe('requested addresses (contract H1)', () => {
  const ips = 'portolan.dev/load-balancer-ips';
  const dual = { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' } as const;

  it('come from the deprecated field', () => {
    expect(specOf({ loadBalancerIP: '192.0.2.7' }).addresses).toEqual([
      { family: 'IPv4', required: true, requested: { address: '192.0.2.7', from: 'spec.loadBalancerIP' } },
    ]);
  });

  it('come one per family from the list, in canonical text, and make their family required', () => {
    const spec = specOf({ ...dual, annotations: { [ips]: '2001:DB8::0:1, 192.0.2.7' } });
    expect(spec.addresses).toEqual([
      { family: 'IPv4', required: true, requested: { address: '192.0.2.7', from: ips } },
      { family: 'IPv6', required: true, requested: { address: '2001:db8::1', from: ips } },
    ]);
    expect(spec.explicit).toEqual(['loadBalancerIPs']);
  });

  it('the list may hold the address of the field', () => {
    const spec = specOf({ ...dual, loadBalancerIP: '192.0.2.7', annotations: { [ips]: '192.0.2.7,2001:db8::1' } });
    expect(spec.addresses.map((address) => address.requested?.from)).toEqual([ips, ips]);
  });

  it("a peer's spelling counts, and must agree", () => {
    const same = { [ips]: '192.0.2.7,2001:db8::1', 'metallb.io/loadBalancerIPs': '2001:db8::1,192.0.2.7' };
    expect(compiled({ ...dual, annotations: same }).kind).toBe('spec');
    expect(specOf({ annotations: { 'metallb.io/loadBalancerIPs': '192.0.2.9' } }).addresses[0]?.requested?.address).toBe('192.0.2.9');
    expect(refusalsOf({ annotations: { [ips]: '192.0.2.7', 'metallb.io/loadBalancerIPs': '192.0.2.8' } })).toMatchObject([
      { reason: 'ConflictingSettings', text: `${ips} and metallb.io/loadBalancerIPs say different things` },
    ]);
  });

  it.each([
    ['a contradiction', { loadBalancerIP: '192.0.2.8', annotations: { [ips]: '192.0.2.7' } }, 'ConflictingSettings', ips],
    ['no address', { loadBalancerIP: '192.0.2.256' }, 'InvalidSetting', 'spec.loadBalancerIP'],
    ['no address in the list', { annotations: { [ips]: '192.0.2.1,,' } }, 'InvalidSetting', ips],
    ['a family the Service does not have', { annotations: { [ips]: '2001:db8::1' } }, 'InvalidSetting', ips],
    ['a family the Service does not have, in the field', { loadBalancerIP: '2001:db8::1' }, 'InvalidSetting', 'spec.loadBalancerIP'],
    ['two of one family', { annotations: { [ips]: '192.0.2.1,192.0.2.2' } }, 'InvalidSetting', ips],
  ])('refuses %s', (_title, patch, reason, field) => {
    expect(refusalsOf(patch)).toMatchObject([{ reason, field }]);
  });

  it.each<[string, Partial<ServiceView>, object]>([
    ['no address', { loadBalancerIP: 'web' }, { text: '"web" is not an IP address' }],
    [
      'a family the Service does not have',
      { loadBalancerIP: '2001:db8::1' },
      {
        text: '2001:db8::1 is an IPv6 address, and the Service has no IPv6 (spec.ipFamilies)',
        remedy: 'Add IPv6 to spec.ipFamilies, or remove the address',
      },
    ],
    [
      'two of one family',
      { annotations: { [ips]: '192.0.2.1,192.0.2.2' } },
      {
        text: '192.0.2.1 and 192.0.2.2 are both IPv4; a load balancer has one address per family',
        remedy: 'Name one address per family',
      },
    ],
  ])('tells the user what is wrong with %s', (_title, patch, refusal) => {
    expect(refusalsOf(patch)).toMatchObject([refusal]);
  });

  it('an empty field or list asks for nothing', () => {
    expect(specOf({ loadBalancerIP: '', annotations: { [ips]: ' ' } }).addresses).toEqual([{ family: 'IPv4', required: true }]);
  });
});

it('a group is reserved and refused', () => {
  expect(refusalsOf({ annotations: { 'portolan.dev/load-balancer-group': 'edge' } })).toMatchObject([{ reason: 'GroupNotSupported' }]);
});

describe('a node selector', () => {
  const annotations = { 'loadbalancer.openstack.org/node-selector': 'pool=edge' };

  it('chooses the members, and is part of what was asked for', () => {
    const [spec, plain] = [specOf({ annotations }), specOf()];
    expect(spec.members.map(({ node }) => node)).toEqual(['node-2']);
    expect(spec.membersDigest).not.toBe(plain.membersDigest);
    expect(spec.specDigest).not.toBe(plain.specDigest);
    expect(specOf({}, [], { selector: ['pool=edge'] }).specDigest).toBe(spec.specDigest);
  });

  it('goes with a refusal too, for what serves already follows the nodes', () => {
    expect(compiled({ annotations, externalTrafficPolicy: 'Local' })).toMatchObject({
      kind: 'refused',
      chosen: { selector: ['pool=edge'], from: 'loadbalancer.openstack.org/node-selector', members: [{ node: 'node-2' }] },
    });
  });

  it('that cannot be read leaves nobody who could tell which nodes are meant', () => {
    const intent = compiled({ annotations: { 'portolan.dev/node-selector': 'pool==edge' } });
    expect(intent).toMatchObject({ kind: 'refused', refusals: [{ reason: 'InvalidSetting', field: 'portolan.dev/node-selector' }] });
    expect(intent.chosen).toBeUndefined();
  });
});
