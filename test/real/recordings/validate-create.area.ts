import { loadBalancer, service, servicesIn } from './services.ts';
import { post, type Area } from './steps.ts';

const services = servicesIn('validate');
const refuse = (name: string, object: ReturnType<typeof service>) => post(name, services(), object, { status: 422 });

export const area: Area = {
  area: 'validate-create',
  title: 'Services that are refused at once',
  namespaces: ['validate'],
  steps: [
    refuse('no name', { ...service('', { clusterIP: 'None' }), metadata: {} }),
    refuse('a name with capitals', service('Web')),
    post('a name that begins with a digit is no fault', services(), service('1web')),
    refuse('a name with a dot', service('web.one')),
    refuse('a name of 64 letters', service('a'.repeat(64))),
    refuse('a label value that is none', service('x', {}, { labels: { app: 'not valid!' } })),
    refuse('a label key that is none', service('x', {}, { labels: { 'a b': 'c' } })),
    refuse('an annotation key that is none', service('x', {}, { annotations: { 'a b': 'c' } })),
    refuse('a finalizer without prefix', service('x', {}, { finalizers: ['hold'] })),
    refuse('a finalizer that is no name', service('x', {}, { finalizers: ['example.com/not valid'] })),
    refuse('an empty finalizer', service('x', {}, { finalizers: [''] })),
    refuse('no ports', service('x', { ports: [] })),
    refuse('port 0', service('x', { ports: [{ port: 0 }] })),
    refuse('port 65536', service('x', { ports: [{ port: 65536 }] })),
    refuse('no port number', service('x', { ports: [{ name: 'a' }] })),
    refuse('a protocol that is none', service('x', { ports: [{ port: 80, protocol: 'tcp' }] })),
    refuse('two ports without names', service('x', { ports: [{ port: 80 }, { port: 81 }] })),
    refuse(
      'a port name twice',
      service('x', {
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      }),
    ),
    refuse('a port name that is none', service('x', { ports: [{ name: 'A_b', port: 80 }] })),
    refuse(
      'the same port and protocol twice',
      service('x', {
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 80 },
        ],
      }),
    ),
    refuse('targetPort out of range', service('x', { ports: [{ port: 80, targetPort: 70000 }] })),
    refuse('targetPort with a name that is none', service('x', { ports: [{ port: 80, targetPort: 'not valid' }] })),
    refuse('appProtocol that is none', service('x', { ports: [{ port: 80, appProtocol: 'not valid!' }] })),
    refuse('a selector that is none', service('x', { selector: { app: 'not valid!' } })),
    refuse('nodePort below the range', service('x', { type: 'NodePort', ports: [{ port: 80, nodePort: 29999 }] })),
    refuse('nodePort above the range', service('x', { type: 'NodePort', ports: [{ port: 80, nodePort: 32768 }] })),
    refuse('nodePort on ClusterIP', service('x', { ports: [{ port: 80, nodePort: 30000 }] })),
    refuse(
      'one nodePort for two TCP ports',
      service('x', {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 80, nodePort: 30001 },
          { name: 'b', port: 81, nodePort: 30001 },
        ],
      }),
    ),
    refuse('clusterIP out of the range', service('x', { clusterIP: '10.97.0.1' })),
    refuse('clusterIP that is none', service('x', { clusterIP: 'ten' })),
    refuse('clusterIP with leading zeros', service('x', { clusterIP: '10.96.0.010' })),
    refuse('clusterIP that is the network', service('x', { clusterIP: '10.96.0.0' })),
    refuse('type that is none', service('x', { type: 'Balancer' })),
    refuse('headless NodePort', service('x', { type: 'NodePort', clusterIP: 'None' })),
    refuse('headless LoadBalancer', loadBalancer('x', { clusterIP: 'None' })),
    refuse('ExternalName without a name', service('x', { type: 'ExternalName' })),
    refuse('ExternalName with a name that is none', service('x', { type: 'ExternalName', externalName: '-' })),
    refuse(
      'ExternalName with a clusterIP',
      service('x', { type: 'ExternalName', externalName: 'db.example.com', clusterIP: '10.96.0.80' }),
    ),
    refuse('externalIPs that is none', service('x', { externalIPs: ['one'] })),
    refuse('externalIPs on loopback', service('x', { externalIPs: ['127.0.0.1'] })),
    refuse('sessionAffinity that is none', service('x', { sessionAffinity: 'Cookie' })),
    refuse('affinity timeout 0', service('x', { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } })),
    refuse(
      'affinity timeout 86401',
      service('x', { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } }),
    ),
    post(
      'affinity timeout without affinity is dropped',
      services(),
      service('no-affinity', { sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }),
    ),
    refuse('externalTrafficPolicy on ClusterIP', service('x', { externalTrafficPolicy: 'Local' })),
    refuse('externalTrafficPolicy that is none', loadBalancer('x', { externalTrafficPolicy: 'Near' })),
    refuse('internalTrafficPolicy that is none', service('x', { internalTrafficPolicy: 'Near' })),
    refuse('healthCheckNodePort on ClusterIP', service('x', { healthCheckNodePort: 30002 })),
    refuse('healthCheckNodePort with externalTrafficPolicy Cluster', loadBalancer('x', { healthCheckNodePort: 30002 })),
    post(
      'healthCheckNodePort out of the range',
      services(),
      loadBalancer('x', { externalTrafficPolicy: 'Local', healthCheckNodePort: 29999 }),
      { status: 500 },
    ),
    post(
      'healthCheckNodePort equal to a nodePort',
      services(),
      loadBalancer('x', {
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 30003,
        ports: [{ port: 80, nodePort: 30003 }],
      }),
      { status: 500 },
    ),
    post(
      'what was refused half-way has given its node port back',
      services(),
      service('after', { type: 'NodePort', ports: [{ port: 80, nodePort: 30003 }] }),
    ),
    refuse('source ranges with host bits', loadBalancer('x', { loadBalancerSourceRanges: ['10.1.2.3/8'] })),
    refuse('source ranges on ClusterIP', service('x', { loadBalancerSourceRanges: ['192.0.2.0/24'] })),
    refuse('source ranges without a length', loadBalancer('x', { loadBalancerSourceRanges: ['192.0.2.1'] })),
    refuse('source ranges that are none', loadBalancer('x', { loadBalancerSourceRanges: ['one', '192.0.2.0/33'] })),
    refuse('source ranges with an empty element', loadBalancer('x', { loadBalancerSourceRanges: [''] })),
    refuse(
      'source ranges by annotation that are none',
      loadBalancer(
        'x',
        {},
        {
          annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24,,one' },
        },
      ),
    ),
    refuse(
      'source ranges by annotation on ClusterIP',
      service(
        'x',
        {},
        {
          annotations: { 'service.beta.kubernetes.io/load-balancer-source-ranges': '192.0.2.0/24' },
        },
      ),
    ),
    refuse('class on ClusterIP', service('x', { loadBalancerClass: 'example.com/a' })),
    refuse('class that is none', loadBalancer('x', { loadBalancerClass: 'not valid!' })),
    refuse('class that is empty', loadBalancer('x', { loadBalancerClass: '' })),
    refuse('allocateLoadBalancerNodePorts on ClusterIP', service('x', { allocateLoadBalancerNodePorts: true })),
    refuse('trafficDistribution that is none', service('x', { trafficDistribution: 'Far' })),
    refuse(
      'several faults at once',
      service('x', {
        type: 'LoadBalancer',
        sessionAffinity: 'Cookie',
        ports: [{ port: 0, protocol: 'X' }],
        loadBalancerSourceRanges: ['one'],
      }),
    ),
  ],
};
