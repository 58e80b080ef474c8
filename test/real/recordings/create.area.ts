import { loadBalancer, service, servicesIn, web } from './services.ts';
import { get, post, put, remove, type Area } from './steps.ts';

const services = servicesIn('create');
const create = (name: string, object: ReturnType<typeof service>) => post(name, services(), object);
const dns = [
  { name: 'dns-udp', port: 53, protocol: 'UDP' },
  { name: 'dns-tcp', port: 53, protocol: 'TCP' },
];

export const area: Area = {
  area: 'create',
  title: 'what a new Service gets',
  namespaces: ['create'],
  steps: [
    create('ClusterIP by default', service('plain')),
    get('the Service reads as it was answered', services('plain')),
    create('ClusterIP with an address asked for', service('own-address', { clusterIP: '10.96.0.77' })),
    create('ClusterIP with an IPv6 address asked for', service('own-address-v6', { clusterIP: 'fd00:10:96::77', ipFamilies: ['IPv6'] })),
    create('ClusterIP with clusterIPs asked for', service('addresses', { clusterIPs: ['10.96.0.78'], clusterIP: '10.96.0.78' })),
    post('ClusterIP with clusterIPs alone', services(), service('addresses-only', { clusterIPs: ['10.96.0.80'] }), { status: 422 }),
    create('headless', service('headless', { clusterIP: 'None' })),
    create('headless without selector', { ...service('headless-bare', { clusterIP: 'None', selector: {} }) }),
    create('headless without ports', service('headless-portless', { clusterIP: 'None', ports: [] })),
    create('headless with publishNotReadyAddresses', service('headless-early', { clusterIP: 'None', publishNotReadyAddresses: true })),
    create('without selector', service('selectorless', { selector: {} })),
    create('ExternalName', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'external' },
      spec: { type: 'ExternalName', externalName: 'db.example.com' },
    }),
    create('ExternalName with ports', service('external-ports', { type: 'ExternalName', externalName: 'db.example.com' })),
    create('externalIPs', service('external-ips', { externalIPs: ['192.0.2.10', '2001:db8::10'] })),
    create('generateName', { ...service('', {}), metadata: { generateName: 'web-' } }),
    create(
      'labels and annotations',
      service('labelled', {}, { labels: { app: 'web', tier: 'front' }, annotations: { 'example.com/note': 'text with "quotes"' } }),
    ),
    create('fields that no one knows are dropped', service('unknown-fields', { colour: 'blue', ports: [{ port: 80, shade: 1 }] })),
    post(
      'fields that no one knows are refused when strict',
      `${services()}?fieldValidation=Strict`,
      service('strict', { colour: 'blue' }),
      { status: 400 },
    ),
    create(
      'what a client may not set is overwritten',
      service(
        'forged',
        {},
        {
          uid: '11111111-2222-3333-4444-555555555555',
          creationTimestamp: '2001-01-01T00:00:00Z',
          generation: 7,
        },
      ),
    ),
    create('status in a create is ignored', {
      ...loadBalancer('early-status'),
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    }),

    create(
      'ports: name, protocol, appProtocol, targetPort by number and by name',
      service('ports', {
        ports: [
          { name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' },
          { name: 'named', port: 81, targetPort: 'web' },
          { name: 'udp', port: 82, protocol: 'UDP' },
          { name: 'sctp', port: 83, protocol: 'SCTP' },
        ],
      }),
    ),
    create('ports: TCP and UDP of one number', service('dns', { ports: dns })),
    create('NodePort', service('node-port', { type: 'NodePort' })),
    create('NodePort with a number asked for', service('node-port-own', { type: 'NodePort', ports: [{ port: 80, nodePort: 30050 }] })),
    create('NodePort: TCP and UDP of one number share it', service('node-port-dns', { type: 'NodePort', ports: dns })),
    create(
      'NodePort: TCP and UDP ask for one number',
      service('node-port-dns-own', {
        type: 'NodePort',
        ports: dns.map((port) => ({ ...port, nodePort: 30053 })),
      }),
    ),
    create(
      'NodePort: one port asks, one does not',
      service('node-port-mixed', {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30051 },
          { name: 'b', port: 81 },
        ],
      }),
    ),
    create(
      'NodePort: internalTrafficPolicy and externalTrafficPolicy Local',
      service('node-port-local', {
        type: 'NodePort',
        externalTrafficPolicy: 'Local',
        internalTrafficPolicy: 'Local',
      }),
    ),

    create('LoadBalancer', loadBalancer('lb')),
    create('LoadBalancer: TCP and UDP of one number', loadBalancer('lb-dns', { ports: dns })),
    create('LoadBalancer with a class', loadBalancer('lb-class', { loadBalancerClass: 'example.com/internal-vip' })),
    create('LoadBalancer with a class without prefix', loadBalancer('lb-class-short', { loadBalancerClass: 'mine' })),
    create('LoadBalancer with loadBalancerIP', loadBalancer('lb-ip', { loadBalancerIP: '203.0.113.7' })),
    create('LoadBalancer with a loadBalancerIP that is none', loadBalancer('lb-ip-free-text', { loadBalancerIP: 'anything' })),
    create(
      'LoadBalancer with source ranges',
      loadBalancer('lb-ranges', { loadBalancerSourceRanges: ['192.0.2.0/24', '10.0.0.0/8', '2001:db8::/32'] }),
    ),
    create(
      'LoadBalancer with source ranges by annotation',
      loadBalancer(
        'lb-ranges-annotation',
        {},
        {
          annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24, 198.51.100.0/24' },
        },
      ),
    ),
    create(
      'LoadBalancer with externalTrafficPolicy Local gets a healthCheckNodePort',
      loadBalancer('lb-local', { externalTrafficPolicy: 'Local' }),
    ),
    create(
      'LoadBalancer with a healthCheckNodePort asked for',
      loadBalancer('lb-local-own', { externalTrafficPolicy: 'Local', healthCheckNodePort: 30060 }),
    ),
    create('LoadBalancer without node ports', loadBalancer('lb-no-ports', { allocateLoadBalancerNodePorts: false })),
    create(
      'LoadBalancer without node ports but for one',
      loadBalancer('lb-one-port', {
        allocateLoadBalancerNodePorts: false,
        ports: [
          { name: 'a', port: 80, nodePort: 30061 },
          { name: 'b', port: 81 },
        ],
      }),
    ),
    create(
      'LoadBalancer without node ports, externalTrafficPolicy Local',
      loadBalancer('lb-no-ports-local', {
        allocateLoadBalancerNodePorts: false,
        externalTrafficPolicy: 'Local',
      }),
    ),
    create('LoadBalancer with clusterIP asked for', loadBalancer('lb-own-address', { clusterIP: '10.96.0.79' })),
    create('LoadBalancer with a finalizer', loadBalancer('lb-finalizer', {}, { finalizers: ['example.com/hold'] })),
    create('session affinity ClientIP', service('sticky', { sessionAffinity: 'ClientIP' })),
    create(
      'session affinity ClientIP with a timeout',
      service('sticky-short', {
        sessionAffinity: 'ClientIP',
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
      }),
    ),
    create('trafficDistribution', service('near', { trafficDistribution: 'PreferClose' })),

    post('a name that exists', services(), service('plain'), { status: 409 }),
    post('an address that is taken', services(), service('taken-address', { clusterIP: '10.96.0.77' }), { status: 422 }),
    post('a node port that is taken', services(), service('taken-port', { type: 'NodePort', ports: [{ port: 80, nodePort: 30050 }] }), {
      status: 422,
    }),
    post(
      'a healthCheckNodePort that is taken',
      services(),
      loadBalancer('taken-health', { externalTrafficPolicy: 'Local', healthCheckNodePort: 30060 }),
      {
        status: 500,
      },
    ),
    post(
      'a node port that another Service has for the other protocol',
      services(),
      service('udp-side', {
        type: 'NodePort',
        ports: [{ port: 80, protocol: 'UDP', nodePort: 30050 }],
      }),
      { status: 422 },
    ),
    remove('deleting releases', services('node-port-own')),
    create('the released node port is free', service('node-port-next', { type: 'NodePort', ports: [{ port: 80, nodePort: 30050 }] })),
    remove('deleting releases an address', services('own-address')),
    create('the released address is free', service('own-address-next', { clusterIP: '10.96.0.77' })),
    put('PUT creates', services('by-put'), service('by-put'), { status: 201 }),
    post('namespace in the body, agreeing', services(), service('with-namespace', { ports: [web] }, { namespace: 'create' })),
    post('namespace in the body, disagreeing', services(), service('other-namespace', {}, { namespace: 'default' }), { status: 400 }),
  ],
};
