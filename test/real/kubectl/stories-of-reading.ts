import { apply, service, step, words, type Story } from './story.ts';

const web = service('web', { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }] }, { labels: { app: 'web', tier: 'front' } });
const pending = service('lb', { type: 'LoadBalancer', loadBalancerClass: 'example.com/none', ports: [{ port: 443 }] });
const headless = service('headless', { clusterIP: 'None', selector: { app: 'web' } }, { labels: { app: 'web' } });
const elsewhere = service('elsewhere', { type: 'ExternalName', externalName: 'example.com' });

const fieldLines = /^ *\w+\t</;
/** Parts of kinds that are known to the last field. */
const explained = [
  'service.spec',
  'service.status',
  'namespace.spec',
  'namespace.status',
  'lease.spec',
  'endpointslice.ports',
  'node.spec.taints',
];

export const storiesOfReading: readonly Story[] = [
  {
    name: 'discovery',
    steps: [
      step('version'),
      step('api-versions', { part: true, only: /^(?!apps\/v1beta1|extensions)/ }),
      // `=` before a value that is empty: the core group.
      ...['', 'apps', 'networking.k8s.io', 'rbac.authorization.k8s.io'].map((group) =>
        step(`api-resources -o wide --no-headers --api-group=${group}`, { part: true }),
      ),
      ...['coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'apiextensions.k8s.io'].map((group) =>
        step(`api-resources -o wide --api-group=${group}`),
      ),
      step('cluster-info'),
      step('get --raw /readyz'),
      step('get --raw /nowhere'),
    ],
  },
  {
    name: 'explain',
    steps: [
      ...explained.map((kind) => step(`explain ${kind} --recursive`, { only: fieldLines })),
      ...['configmap', 'secret', 'event', 'service'].map((kind) =>
        step(`explain ${kind}`, { only: /^(?:KIND|VERSION|FIELDS|  \w+\t)/, part: true }),
      ),
      step('explain service.spec.ports', { only: /^(?:KIND|VERSION|FIELD|FIELDS|  \w+\t)/ }),
      step('explain node.status.addresses.type', { only: /^(?:KIND|VERSION|FIELD)/ }),
      step('explain deployment', { only: /^(?:GROUP|KIND|VERSION)/ }),
      step('explain service.nowhere'),
      step('explain nothing'),
    ],
  },
  {
    name: 'get',
    steps: [
      apply(web, pending, headless, elsewhere),
      step('get services'),
      step('get svc -o wide'),
      step('get svc,configmap -l app=web'),
      step('get svc web'),
      step('get svc/web svc/headless -o name'),
      step('get svc web -o yaml'),
      step('get svc lb -o json'),
      step('get svc headless elsewhere -o yaml'),
      step('get svc -o jsonpath={.items[*].spec.type}'),
      step('get svc -o custom-columns=NAME:.metadata.name,PORTS:.spec.ports[*].port'),
      step('get svc --sort-by=.metadata.name --no-headers'),
      step('get svc --show-labels'),
      step('get svc -L tier'),
      step('get svc -l app=web,tier!=front'),
      words(['get', 'svc', '-l', 'app in (web, db)']),
      step('get svc -l !app -o name'),
      step('get svc -A -l app=web'),
      step('get svc -A --field-selector spec.type=ExternalName'),
      step('get svc --field-selector metadata.name=web'),
      step('get svc --field-selector spec.nowhere=1'),
      step('get svc --field-selector=spec.clusterIP=None'),
      step('get svc --chunk-size=2 -o name'),
      step('get svc nothing'),
      step('get svc nothing --ignore-not-found'),
      step('get nothing'),
      step('get svc web -n nowhere'),
      step('get svc -n nowhere'),
      step('get svc web --subresource=status'),
      step('get svc web -w --request-timeout=3s', { during: { says: 'web', args: ['label', 'svc', 'web', 'seen=yes'] } }),
      step('get all -l app=web'),
      step('describe svc headless elsewhere lb', { only: /^(?!Endpoints)/ }),
    ],
  },
  {
    name: 'nodes',
    steps: [
      step('get nodes'),
      step('get nodes -o wide'),
      step('get node node-1 -o jsonpath={.status.addresses}'),
      step('get nodes --field-selector spec.unschedulable=true'),
      step('get nodes -l topology.kubernetes.io/zone=zone-2'),
      step('wait --for=condition=Ready node/node-1 --timeout=5s'),
      step('label node node-1 rack=7'),
      step('cordon node-1'),
      step('get node node-1'),
      step('taint node node-1 example.com/odd=1:NoSchedule'),
      step('describe node node-1', { eventually: true }),
      step('taint node node-1 example.com/odd-'),
      step('drain node-1'),
      step('uncordon node-1'),
      step('label node node-1 rack-'),
      step('describe node node-1', { eventually: true }),
    ],
  },
  {
    name: 'columns',
    steps: [
      apply(
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1', b: '2' } },
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { a: 'MQ==' } },
        { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'lease' }, spec: { holderIdentity: 'me' } },
        {
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { name: 'by-hand' },
          addressType: 'IPv4',
          endpoints: [{ addresses: ['192.0.2.1'] }],
          ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
        },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'role' }, rules: [] },
      ),
      step('get configmap settings'),
      step('get secret key'),
      step('get lease lease'),
      step('get endpointslice by-hand'),
      step('get role role'),
      step('describe configmap settings'),
      step('get configmap settings -o yaml'),
    ],
  },
];
