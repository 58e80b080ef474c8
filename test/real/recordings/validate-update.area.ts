import { loadBalancer, service, servicesIn } from './services.ts';
import { copyOf, get, merge, post, put, remove, type Area } from './steps.ts';

const services = servicesIn('update');
const refuse = (name: string, path: string, body: ReturnType<typeof service>) => merge(name, path, body, { status: 422 });

export const area: Area = {
  area: 'validate-update',
  title: 'changes that are refused, and what is read afterwards',
  namespaces: ['update'],
  steps: [
    post('a ClusterIP Service', services(), service('plain')),
    post('a NodePort Service', services(), service('node-port', { type: 'NodePort', ports: [{ port: 80, nodePort: 30010 }] })),
    post('a LoadBalancer without class', services(), loadBalancer('lb')),
    post('a LoadBalancer with class', services(), loadBalancer('classed', { loadBalancerClass: 'example.com/a' })),
    post(
      'a LoadBalancer with externalTrafficPolicy Local',
      services(),
      loadBalancer('local', { externalTrafficPolicy: 'Local', healthCheckNodePort: 30011 }),
    ),
    post('a headless Service', services(), service('headless', { clusterIP: 'None' })),

    refuse('clusterIP is immutable', services('plain'), { spec: { clusterIP: '10.96.0.50', clusterIPs: ['10.96.0.50'] } }),
    refuse('ClusterIP cannot become headless', services('plain'), { spec: { clusterIP: 'None', clusterIPs: ['None'] } }),
    refuse('headless cannot get an address', services('headless'), { spec: { clusterIP: '10.96.0.51', clusterIPs: ['10.96.0.51'] } }),
    refuse('the first family is immutable', services('plain'), { spec: { ipFamilies: ['IPv6'] } }),
    refuse('class cannot be added', services('lb'), { spec: { loadBalancerClass: 'example.com/a' } }),
    refuse('class cannot be changed', services('classed'), { spec: { loadBalancerClass: 'example.com/b' } }),
    refuse('class cannot be removed', services('classed'), { spec: { loadBalancerClass: null } }),
    refuse('class cannot go on ClusterIP', services('plain'), { spec: { loadBalancerClass: 'example.com/a' } }),
    refuse('healthCheckNodePort is immutable', services('local'), { spec: { healthCheckNodePort: 30012 } }),
    merge('healthCheckNodePort left out stays', services('local'), {
      metadata: { labels: { a: 'b' } },
      spec: { healthCheckNodePort: null },
    }),
    refuse('externalTrafficPolicy on ClusterIP', services('plain'), { spec: { externalTrafficPolicy: 'Local' } }),
    refuse('a nodePort that is taken', services('lb'), { spec: { ports: [{ port: 80, nodePort: 30010 }] } }),
    refuse('a nodePort that is a healthCheckNodePort', services('lb'), { spec: { ports: [{ port: 80, nodePort: 30011 }] } }),
    refuse('a nodePort out of the range', services('lb'), { spec: { ports: [{ port: 80, nodePort: 80 }] } }),
    refuse('no ports', services('lb'), { spec: { ports: [] } }),
    refuse('source ranges that are none', services('lb'), { spec: { loadBalancerSourceRanges: ['192.0.2.0'] } }),
    refuse('affinity timeout out of range', services('lb'), {
      spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 90000 } } },
    }),
    merge('the name in the body is another', services('lb'), { metadata: { name: 'other' } }, { status: 400 }),
    refuse('the uid is another', services('lb'), { metadata: { uid: '11111111-2222-3333-4444-555555555555' } }),
    get('nothing has changed', services('lb')),
    put('PUT without name', services('lb'), copyOf('nothing has changed', { metadata: { name: null } }), { status: 400 }),
    put('PUT with another name', services('lb'), copyOf('nothing has changed', { metadata: { name: 'other' } }), { status: 400 }),
    put('PUT with another namespace', services('lb'), copyOf('nothing has changed', { metadata: { namespace: 'default' } }), {
      status: 400,
    }),
    put(
      'PUT with another uid',
      services('lb'),
      copyOf('nothing has changed', { metadata: { uid: '11111111-2222-3333-4444-555555555555' } }),
      { status: 409 },
    ),
    put('PUT as read changes nothing', services('lb'), copyOf('nothing has changed')),
    put('PUT a label', services('lb'), copyOf('nothing has changed', { metadata: { labels: { a: 'b' } } })),
    put('PUT with the version before', services('lb'), copyOf('nothing has changed', { metadata: { labels: { a: 'c' } } }), {
      status: 409,
    }),
    put('PUT without version', services('lb'), copyOf('nothing has changed', { metadata: { resourceVersion: null, labels: { a: 'd' } } })),
    put(
      'PUT without clusterIP keeps it',
      services('lb'),
      copyOf('nothing has changed', {
        metadata: { resourceVersion: null },
        spec: { clusterIP: null, clusterIPs: null },
      }),
    ),
    put(
      'PUT without node ports keeps them',
      services('lb'),
      copyOf('nothing has changed', {
        metadata: { resourceVersion: null },
        spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
      }),
    ),
    put(
      'PUT of a port more allocates',
      services('lb'),
      copyOf('nothing has changed', {
        metadata: { resourceVersion: null },
        spec: {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 81 },
          ],
        },
      }),
    ),
    put(
      'PUT ignores status',
      services('lb'),
      copyOf('nothing has changed', {
        metadata: { resourceVersion: null },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      }),
    ),
    put('PUT without uid', services('lb'), copyOf('nothing has changed', { metadata: { resourceVersion: null, uid: null } })),
    merge(
      'merge patch with the version before',
      services('lb'),
      (answers) => ({
        metadata: { resourceVersion: answers.at('nothing has changed', '/metadata/resourceVersion'), labels: { a: 'e' } },
      }),
      { status: 409 },
    ),
    merge('merge patch with the present version', services('lb'), (answers) => ({
      metadata: { resourceVersion: answers.at('PUT without uid', '/metadata/resourceVersion'), labels: { a: 'e' } },
    })),
    remove('DELETE with another uid', services('lb'), { preconditions: { uid: '11111111-2222-3333-4444-555555555555' } }, { status: 409 }),
    remove(
      'DELETE with the version before',
      services('lb'),
      (answers) => ({
        preconditions: { resourceVersion: answers.at('nothing has changed', '/metadata/resourceVersion') },
      }),
      { status: 409 },
    ),
    remove('DELETE with the right uid', services('lb'), (answers) => ({
      preconditions: { uid: answers.at('nothing has changed', '/metadata/uid') },
    })),
    get('it is gone', services('lb'), { status: 404 }),
  ],
};
