import { loadBalancer, servicesIn } from './services.ts';
import { get, post, strategic, type Area } from './steps.ts';

const services = servicesIn('strategic');
const ports = [
  { name: 'a', port: 80, targetPort: 8080 },
  { name: 'b', port: 81, targetPort: 8081 },
];

export const area: Area = {
  area: 'strategic-merge',
  title: 'strategic merge patch',
  namespaces: ['strategic'],
  steps: [
    post('a Service', services(), loadBalancer('web', { ports }, { finalizers: ['example.com/a'], labels: { a: '1' } })),
    strategic('labels merge', services('web'), { metadata: { labels: { b: '2' } } }),
    strategic('null removes a label', services('web'), { metadata: { labels: { a: null } } }),
    strategic('an empty patch keeps the version', services('web'), {}),
    strategic('ports merge by port', services('web'), { spec: { ports: [{ port: 80, targetPort: 9090 }] } }),
    strategic('a new port goes before those that are there', services('web'), { spec: { ports: [{ name: 'c', port: 82 }] } }),
    strategic('$setElementOrder orders the ports', services('web'), {
      spec: { '$setElementOrder/ports': [{ port: 82 }, { port: 81 }, { port: 80 }] },
    }),
    strategic('$setElementOrder orders the ports that the patch names', services('web'), {
      spec: { '$setElementOrder/ports': [{ port: 80 }, { port: 82 }, { port: 81 }], ports: [{ port: 82, targetPort: 8082 }] },
    }),
    strategic('$setElementOrder with a new port', services('web'), {
      spec: {
        '$setElementOrder/ports': [{ port: 80 }, { port: 83 }, { port: 81 }, { port: 82 }],
        ports: [{ name: 'd', port: 83, protocol: 'UDP' }],
      },
    }),
    strategic('$patch delete takes one port away', services('web'), { spec: { ports: [{ port: 83, $patch: 'delete' }] } }),
    strategic('$patch delete of a port that is not there', services('web'), { spec: { ports: [{ port: 999, $patch: 'delete' }] } }),
    strategic('$patch replace replaces the list', services('web'), { spec: { ports: [{ name: 'e', port: 90 }, { $patch: 'replace' }] } }),
    strategic('a change of nodePort by port', services('web'), { spec: { ports: [{ port: 90, nodePort: 30020 }] } }),
    strategic('TCP and UDP of one number: a list with one key', services('web'), {
      spec: { ports: [{ name: 'u', port: 90, protocol: 'UDP' }] },
    }),
    strategic('a port without its key', services('web'), { spec: { ports: [{ name: 'f' }] } }, { status: 500 }),
    strategic('$patch replace on a map', services('web'), { metadata: { labels: { $patch: 'replace', only: 'this' } } }),
    strategic('$patch delete on a map', services('web'), { metadata: { labels: { $patch: 'delete' } } }),
    strategic('$retainKeys keeps only these', services('web'), { spec: { selector: { $retainKeys: ['app'], app: 'web' } } }),
    strategic('an unknown $patch', services('web'), { spec: { ports: [{ port: 90, $patch: 'bend' }] } }, { status: 500 }),

    strategic('finalizers merge as a set', services('web'), { metadata: { finalizers: ['example.com/b'] } }),
    strategic('a finalizer that is there stays once', services('web'), { metadata: { finalizers: ['example.com/a'] } }),
    strategic('a finalizer with $setElementOrder', services('web'), {
      metadata: { '$setElementOrder/finalizers': ['example.com/a', 'example.com/b', 'example.com/c'], finalizers: ['example.com/c'] },
    }),
    strategic('$setElementOrder alone reorders', services('web'), {
      metadata: { '$setElementOrder/finalizers': ['example.com/c', 'example.com/b', 'example.com/a'] },
    }),
    strategic('$deleteFromPrimitiveList takes one away', services('web'), {
      metadata: {
        '$deleteFromPrimitiveList/finalizers': ['example.com/b'],
        '$setElementOrder/finalizers': ['example.com/c', 'example.com/a'],
      },
    }),
    strategic('$deleteFromPrimitiveList of what is not there', services('web'), {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/z'] },
    }),
    strategic('one added and one taken away', services('web'), {
      metadata: {
        '$setElementOrder/finalizers': ['example.com/a', 'example.com/d'],
        '$deleteFromPrimitiveList/finalizers': ['example.com/c'],
        finalizers: ['example.com/d'],
      },
    }),
    strategic('finalizers null', services('web'), { metadata: { finalizers: null } }),
    strategic('a list without merge key is replaced', services('web'), {
      spec: { loadBalancerSourceRanges: ['192.0.2.0/24', '198.51.100.0/24'] },
    }),
    strategic('and replaced again', services('web'), { spec: { loadBalancerSourceRanges: ['203.0.113.0/24'] } }),
    strategic('and removed', services('web'), { spec: { loadBalancerSourceRanges: null } }),
    strategic(
      'the version before',
      services('web'),
      (answers) => ({
        metadata: { resourceVersion: answers.at('a Service', '/metadata/resourceVersion'), labels: { a: 'x' } },
      }),
      { status: 409 },
    ),
    strategic('a name that is another', services('web'), { metadata: { name: 'other' } }, { status: 400 }),
    strategic('a patch that is no JSON', services('web'), null, { status: 400, text: '{"metadata"' }),
    get('what has come of it', services('web')),
  ],
};
