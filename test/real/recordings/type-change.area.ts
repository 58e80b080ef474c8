import { loadBalancer, service, servicesIn } from './services.ts';
import { copyOf, merge, post, put, strategic, type Area } from './steps.ts';

const services = servicesIn('types');
const to = (name: string, service: string, spec: ReturnType<typeof loadBalancer>, status = 200) =>
  merge(name, services(service), { spec }, { status });
const ingress = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
const full = {
  loadBalancerClass: 'example.com/a',
  externalTrafficPolicy: 'Local',
  loadBalancerIP: '192.0.2.1',
  ports: [
    { name: 'a', port: 80 },
    { name: 'b', port: 81, nodePort: 30030 },
  ],
};

export const area: Area = {
  area: 'type-change',
  title: 'what a change of type clears and allocates',
  namespaces: ['types'],
  steps: [
    post('ClusterIP', services(), service('walk')),
    to('ClusterIP → NodePort', 'walk', { type: 'NodePort' }),
    to('NodePort → LoadBalancer keeps the node port', 'walk', { type: 'LoadBalancer' }),
    to('LoadBalancer → NodePort keeps the node port', 'walk', { type: 'NodePort' }),
    to('NodePort → ClusterIP clears it', 'walk', { type: 'ClusterIP' }),
    to('ClusterIP → LoadBalancer', 'walk', { type: 'LoadBalancer' }),
    to('LoadBalancer → ClusterIP', 'walk', { type: 'ClusterIP' }),
    to('ClusterIP → LoadBalancer with class and Local', 'walk', {
      type: 'LoadBalancer',
      loadBalancerClass: 'example.com/b',
      externalTrafficPolicy: 'Local',
    }),
    to('LoadBalancer → ExternalName without giving up the address', 'walk', { type: 'ExternalName', externalName: 'db.example.com' }),
    to('ExternalName → ClusterIP', 'walk', { type: 'ClusterIP', externalName: null }),
    to('ClusterIP → ExternalName giving up the address', 'walk', {
      type: 'ExternalName',
      externalName: 'db.example.com',
      clusterIP: '',
      clusterIPs: null,
    }),
    to('ExternalName → LoadBalancer', 'walk', { type: 'LoadBalancer', externalName: null }),
    to('LoadBalancer → ClusterIP keeping a nodePort', 'walk', { type: 'ClusterIP', ports: [{ port: 80, nodePort: 30031 }] }, 422),

    post('a full LoadBalancer', services(), loadBalancer('full', full)),
    strategic('its status', `${services('full')}/status`, {
      metadata: { finalizers: ['example.com/hold'] },
      status: {
        ...ingress.status,
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'R', message: '' }],
      },
    }),
    to('full LoadBalancer → ClusterIP by merge patch', 'full', { type: 'ClusterIP' }),
    to('full: back to LoadBalancer', 'full', { type: 'LoadBalancer' }),
    to('full: another class is free now', 'full', { type: 'NodePort' }),
    to('full: LoadBalancer with another class', 'full', { type: 'LoadBalancer', loadBalancerClass: 'example.com/c' }),

    post(
      'a LoadBalancer for PUT',
      services(),
      loadBalancer('replaced', { externalTrafficPolicy: 'Local', loadBalancerClass: 'example.com/a' }),
    ),
    put('PUT of the whole object as ClusterIP', services('replaced'), copyOf('a LoadBalancer for PUT', { spec: { type: 'ClusterIP' } })),
    put(
      'PUT of a bare ClusterIP over a LoadBalancer',
      services('full'),
      service('full', {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 81 },
        ],
      }),
    ),

    post('a LoadBalancer with source ranges', services(), loadBalancer('ranges', { loadBalancerSourceRanges: ['192.0.2.0/24'] })),
    to('source ranges hold the type', 'ranges', { type: 'ClusterIP' }, 422),
    to('source ranges given up with the type', 'ranges', { type: 'ClusterIP', loadBalancerSourceRanges: null }),
    post(
      'a LoadBalancer with the annotation',
      services(),
      loadBalancer(
        'annotated',
        {},
        {
          annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24' },
        },
      ),
    ),
    to('the annotation holds the type', 'annotated', { type: 'ClusterIP' }, 422),

    post('a LoadBalancer without node ports', services(), loadBalancer('portless', { allocateLoadBalancerNodePorts: false })),
    to('without node ports → NodePort', 'portless', { type: 'NodePort' }),
    to('NodePort → LoadBalancer, no allocation wanted', 'portless', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }),
    post('a headless Service', services(), service('headless', { clusterIP: 'None' })),
    to('headless → LoadBalancer', 'headless', { type: 'LoadBalancer' }, 422),
    post('a sticky LoadBalancer', services(), loadBalancer('sticky', { sessionAffinity: 'ClientIP' })),
    to('sticky LoadBalancer → ClusterIP keeps the affinity', 'sticky', { type: 'ClusterIP' }),
    post(
      'the nodePort of another is free after its type change',
      services(),
      service('inherits', { type: 'NodePort', ports: [{ port: 80, nodePort: 30030 }] }),
    ),
  ],
};
