import { loadBalancer, service, servicesIn } from './services.ts';
import { get, jsonPatch, merge, post, type Area } from './steps.ts';

const services = servicesIn('merge');

export const area: Area = {
  area: 'merge-patch',
  title: 'JSON merge patch and JSON patch',
  namespaces: ['merge'],
  steps: [
    post(
      'a Service',
      services(),
      loadBalancer(
        'web',
        {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 81 },
          ],
        },
        { labels: { a: '1' } },
      ),
    ),
    merge('adds and changes labels', services('web'), { metadata: { labels: { a: '2', b: '3' } } }),
    merge('null removes a label', services('web'), { metadata: { labels: { b: null } } }),
    merge('null removes all labels', services('web'), { metadata: { labels: null } }),
    merge('an empty patch keeps the version', services('web'), {}),
    merge('a patch to what is there keeps the version', services('web'), { spec: { type: 'LoadBalancer' } }),
    merge('a list is replaced whole', services('web'), { spec: { ports: [{ name: 'c', port: 82 }] } }),
    merge('a named port that changes its number keeps its node port', services('web'), { spec: { ports: [{ name: 'c', port: 83 }] } }),
    merge('finalizers are replaced', services('web'), { metadata: { finalizers: ['example.com/a', 'example.com/b'] } }),
    merge('finalizers are replaced again', services('web'), { metadata: { finalizers: ['example.com/b'] } }),
    merge('finalizers go', services('web'), { metadata: { finalizers: null } }),
    merge('spec fields of wrong type', services('web'), { spec: { ports: 'all' } }, { status: 422 }),
    merge('metadata of wrong type', services('web'), { metadata: { labels: { a: 1 } } }, { status: 422 }),
    merge('status is ignored here', services('web'), { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }),
    merge('a patch that is a list', services('web'), [], { status: 400 }),
    merge('a patch that is no JSON', services('web'), null, { status: 400, text: '{"metadata":' }),
    merge('a Service that is not there', services('none'), { metadata: { labels: { a: '1' } } }, { status: 404 }),
    merge('externalTrafficPolicy Local allocates', services('web'), { spec: { externalTrafficPolicy: 'Local' } }),
    merge('externalTrafficPolicy Cluster releases', services('web'), { spec: { externalTrafficPolicy: 'Cluster' } }),
    merge('allocateLoadBalancerNodePorts false keeps the ports', services('web'), { spec: { allocateLoadBalancerNodePorts: false } }),
    merge('nodePort 0 gives one back', services('web'), { spec: { ports: [{ name: 'c', port: 83, nodePort: 0 }] } }),
    merge('allocateLoadBalancerNodePorts true allocates', services('web'), { spec: { allocateLoadBalancerNodePorts: true } }),
    merge('session affinity on', services('web'), { spec: { sessionAffinity: 'ClientIP' } }),
    merge('session affinity off', services('web'), { spec: { sessionAffinity: 'None', sessionAffinityConfig: null } }),
    merge('source ranges on', services('web'), { spec: { loadBalancerSourceRanges: ['192.0.2.0/24'] } }),
    merge('source ranges off', services('web'), { spec: { loadBalancerSourceRanges: null } }),

    jsonPatch('adds a label by pointer', services('web'), [
      { op: 'add', path: '/metadata/labels', value: {} },
      { op: 'add', path: '/metadata/labels/example.com~1a', value: 'b' },
    ]),
    jsonPatch('replaces a port by index', services('web'), [{ op: 'replace', path: '/spec/ports/0/port', value: 84 }]),
    jsonPatch('appends a port', services('web'), [{ op: 'add', path: '/spec/ports/-', value: { name: 'd', port: 85 } }]),
    jsonPatch('a test that holds', services('web'), [
      { op: 'test', path: '/spec/type', value: 'LoadBalancer' },
      { op: 'remove', path: '/spec/ports/1' },
    ]),
    jsonPatch('a test that fails', services('web'), [{ op: 'test', path: '/spec/type', value: 'NodePort' }], { status: 422 }),
    jsonPatch('removes what is not there', services('web'), [{ op: 'remove', path: '/metadata/labels/none' }], { status: 422 }),
    jsonPatch('an operation that is none', services('web'), [{ op: 'bend', path: '/spec/type', value: 'x' }], { status: 422 }),
    jsonPatch('a patch that is no list', services('web'), { op: 'add' }, { status: 400 }),
    get('what has come of it', services('web')),
    post('a second Service', services(), service('other')),
    merge('replaces the selector by keys', services('other'), { spec: { selector: { app: null, role: 'x' } } }),
  ],
};
