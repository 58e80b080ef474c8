import { loadBalancer, service, servicesIn } from './services.ts';
import { copyOf, get, merge, post, put, remove, strategic, type Area } from './steps.ts';

const services = servicesIn('requests');
/** The node ports that a real server shows in a dry run are out of the range; no client should learn from them. */
const portless = { allocateLoadBalancerNodePorts: false };
const configMaps = (name?: string) => `/api/v1/namespaces/requests/configmaps${name === undefined ? '' : `/${name}`}`;

export const area: Area = {
  area: 'requests',
  title: 'paths, methods, bodies, dry runs',
  namespaces: ['requests'],
  steps: [
    get('healthz', '/healthz'),
    get('livez', '/livez'),
    get('readyz', '/readyz'),
    get('a path that is none', '/nowhere', { status: 404 }),
    get('a group that is none', '/apis/example.com/v1/things', { status: 404 }),
    get('a version that is none', '/api/v2/services', { status: 404 }),
    get('a resource that is none', '/api/v1/namespaces/requests/wonders', { status: 404 }),
    get('a sub-resource that is none', `${services('web')}/scale`, { status: 404 }),
    get('a Service that is not there', services('none'), { status: 404 }),
    get('a Node that is not there', '/api/v1/nodes/none', { status: 404 }),
    get('a Lease that is not there', '/apis/coordination.k8s.io/v1/namespaces/requests/leases/none', { status: 404 }),
    post('POST to one object', services('web'), service('web'), { status: 405 }),
    put('PUT to the collection', services(), service('web'), { status: 405 }),
    merge('PATCH to the collection', services(), {}, { status: 405 }),
    post('POST without a namespace', '/api/v1/services', service('web'), { status: 405 }),

    post('no JSON', services(), null, { status: 400, text: '{"kind": "Service", ' }),
    post('an empty body', services(), null, { status: 400, text: '' }),
    post('a JSON list', services(), [], { status: 400 }),
    post('a wrong kind', services(), { ...service('web'), kind: 'Node' }, { status: 400 }),
    post('a wrong version', services(), { ...service('web'), apiVersion: 'v2' }, { status: 400 }),
    post('without kind and version', services(), { metadata: { name: 'kindless' }, spec: { ports: [{ port: 80 }] } }),
    post('a kind that is none', services(), { ...service('web'), kind: 'Wonder' }, { status: 400 }),
    post(
      'without metadata',
      services(),
      { apiVersion: 'v1', kind: 'Service', spec: { clusterIP: 'None', ports: [{ port: 80 }] } },
      { status: 422 },
    ),
    post('without spec', services(), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'specless' } }, { status: 422 }),
    post('a number where text belongs', services(), service('web', { type: 5 }), { status: 400 }),
    post('text where a number belongs', services(), service('web', { ports: [{ port: 'http' }] }), { status: 400 }),
    post('a port with a fraction', services(), service('web', { ports: [{ port: 80.5 }] }), { status: 400 }),
    post('YAML', services(), null, {
      contentType: 'application/yaml',
      text: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: from-yaml\nspec:\n  ports:\n  - port: 80\n',
    }),
    post('a media type that is none', services(), service('web'), { status: 415, contentType: 'text/csv' }),
    post('no media type is JSON', services(), service('typeless'), { contentType: '' }),
    merge('PATCH as plain JSON', services('typeless'), {}, { status: 415, contentType: 'application/json' }),
    get('an answer that cannot be given', services('typeless'), { status: 406, accept: 'text/csv' }),
    get('any answer will do', services('typeless'), { accept: '*/*' }),

    post('dryRun of a create', `${services()}?dryRun=All`, loadBalancer('dry', portless)),
    get('the dry run left nothing', services('dry'), { status: 404 }),
    post('dryRun of a create that is refused', `${services()}?dryRun=All`, service('dry', { ports: [] }), { status: 422 }),
    post('dryRun that is none', `${services()}?dryRun=Some`, service('dry'), { status: 422 }),
    merge('dryRun of a patch', `${services('typeless')}?dryRun=All`, { metadata: { labels: { dry: 'run' } } }),
    get('the patch left nothing', services('typeless')),
    strategic('dryRun of a type change', `${services('typeless')}?dryRun=All`, { spec: { type: 'LoadBalancer', ...portless } }),
    remove('dryRun of a delete', `${services('typeless')}?dryRun=All`),
    get('the delete left nothing', services('typeless')),
    get('pretty is only form', `${services('typeless')}?pretty=true`),

    post('a ConfigMap', configMaps(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } }),
    merge('a ConfigMap by merge patch', configMaps('settings'), { data: { a: null, b: '2' } }),
    put('a ConfigMap by PUT', configMaps('settings'), copyOf('a ConfigMap by merge patch', { data: { c: '3' } })),
    put('a ConfigMap by PUT with the version before', configMaps('settings'), copyOf('a ConfigMap', { data: { d: '4' } }), { status: 409 }),
    get('ConfigMaps', configMaps()),
    remove('a ConfigMap goes', configMaps('settings')),
  ],
};
