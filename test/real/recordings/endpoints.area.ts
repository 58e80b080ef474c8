import { service, servicesIn } from './services.ts';
import { copyOf, get, merge, post, put, remove, type Area } from './steps.ts';

const slices = (name?: string) => `/apis/discovery.k8s.io/v1/namespaces/endpoints/endpointslices${name === undefined ? '' : `/${name}`}`;
const endpoints = (name?: string) => `/api/v1/namespaces/endpoints/endpoints${name === undefined ? '' : `/${name}`}`;
const slice = (name: string, more = {}) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.244.1.2'], conditions: { ready: true }, nodeName: 'node-1' }],
  ...more,
});

export const area: Area = {
  area: 'endpoints',
  title: 'EndpointSlices and Endpoints made by hand',
  namespaces: ['endpoints'],
  steps: [
    post('the Service, without selector', servicesIn('endpoints')(), service('web', { selector: {} })),
    post('a slice', slices(), slice('web-1')),
    post(
      'a slice with defaults',
      slices(),
      slice('web-2', { ports: [{ port: 53, protocol: 'UDP' }], endpoints: [{ addresses: ['10.244.1.3'] }] }),
    ),
    post('an IPv6 slice', slices(), slice('web-6', { addressType: 'IPv6', endpoints: [{ addresses: ['fd00::2'] }] })),
    post('an address of the other family', slices(), slice('web-7', { endpoints: [{ addresses: ['fd00::2'] }] }), { status: 422 }),
    post('no address type', slices(), slice('web-8', { addressType: '' }), { status: 422 }),
    put(
      'an endpoint not ready',
      slices('web-1'),
      copyOf('a slice', { endpoints: [{ addresses: ['10.244.1.2'], conditions: { ready: false, serving: true, terminating: true } }] }),
    ),
    merge('the address type is immutable', slices('web-1'), { addressType: 'IPv6', endpoints: [] }, { status: 422 }),
    get('slices of the Service', `${slices()}?labelSelector=kubernetes.io%2Fservice-name%3Dweb`),
    remove('a slice goes', slices('web-2')),
    post('Endpoints', endpoints(), {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web' },
      subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 9376 }] }],
    }),
    post('Endpoints with a nodeName', endpoints(), {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'headless-svc' },
      subsets: [{ addresses: [{ ip: '10.4.0.3', nodeName: 'minikube' }], ports: [{ port: 80 }] }],
    }),
    post(
      'Endpoints on loopback',
      endpoints(),
      {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata: { name: 'loop' },
        subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }] }],
      },
      { status: 422 },
    ),
    get('Endpoints read', endpoints('web')),
    remove('Endpoints go', endpoints('headless-svc')),
  ],
};
