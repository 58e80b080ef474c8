import type { JsonObject } from '../../../src/model/json.ts';
import { loadBalancer, service, servicesIn } from './services.ts';
import { copyOf, get, jsonPatch, merge, post, put, strategic, type Area } from './steps.ts';

const services = servicesIn('status');
const statusOf = (name: string) => `${services(name)}/status`;
const condition = (type: string, status: string, message = '', extra: JsonObject = {}): JsonObject => ({
  type,
  status,
  reason: 'Because',
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
  ...extra,
});
const ingress = (...list: readonly JsonObject[]) => ({ status: { loadBalancer: { ingress: list } } });
const refuse = (name: string, body: JsonObject) => strategic(name, statusOf('web'), body, { status: 422 });

export const area: Area = {
  area: 'status',
  title: 'the status sub-resource of Services',
  namespaces: ['status'],
  steps: [
    post('a LoadBalancer', services(), loadBalancer('web')),
    post('a ClusterIP Service', services(), service('plain')),
    get('GET of the sub-resource', statusOf('web')),
    strategic('finalizer, condition and ingress in one patch', statusOf('web'), {
      metadata: { '$setElementOrder/finalizers': ['example.com/lb'], finalizers: ['example.com/lb'] },
      status: { conditions: [condition('example.com/Ready', 'False', 'wait')], loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    }),
    strategic('ipMode is VIP by default: writing it changes nothing', statusOf('web'), ingress({ ip: '192.0.2.1', ipMode: 'VIP' })),
    strategic('the same without ipMode changes nothing', statusOf('web'), ingress({ ip: '192.0.2.1' })),
    strategic('ingress is replaced whole', statusOf('web'), ingress({ ip: '192.0.2.2', ipMode: 'Proxy' }, { ip: '2001:db8::2' })),
    strategic('a hostname', statusOf('web'), ingress({ hostname: 'lb.example.com' })),
    strategic('a hostname and an address', statusOf('web'), ingress({ hostname: 'lb.example.com', ip: '192.0.2.3' })),
    strategic(
      'ports with an error',
      statusOf('web'),
      ingress({
        ip: '192.0.2.3',
        ports: [
          { port: 80, protocol: 'TCP' },
          { port: 53, protocol: 'UDP', error: 'example.com/PortTaken' },
        ],
      }),
    ),
    strategic('conditions merge by type', statusOf('web'), {
      status: { conditions: [condition('example.com/Ready', 'True', 'done'), condition('example.com/Other', 'False')] },
    }),
    strategic('a condition with observedGeneration', statusOf('web'), {
      status: { conditions: [condition('example.com/Ready', 'True', 'done', { observedGeneration: 3 })] },
    }),
    strategic('$setElementOrder orders conditions', statusOf('web'), {
      status: { '$setElementOrder/conditions': [{ type: 'example.com/Other' }, { type: 'example.com/Ready' }] },
    }),
    strategic('$patch delete takes one condition away', statusOf('web'), {
      status: { conditions: [{ type: 'example.com/Other', $patch: 'delete' }] },
    }),
    strategic('the same again keeps the version', statusOf('web'), {
      status: { conditions: [condition('example.com/Ready', 'True', 'done')] },
    }),
    strategic('annotations and labels pass through the sub-resource', statusOf('web'), {
      metadata: { annotations: { 'example.com/a': 'b' }, labels: { c: 'd' } },
    }),
    strategic('spec is ignored by the sub-resource', statusOf('web'), { spec: { externalTrafficPolicy: 'Local', type: 'ClusterIP' } }),
    strategic('$patch replace of the load balancer status', statusOf('web'), {
      status: { loadBalancer: { $patch: 'replace', ingress: [{ ip: '192.0.2.4' }] } },
    }),
    strategic('null clears ingress', statusOf('web'), { status: { loadBalancer: { ingress: null } } }),
    strategic('loadBalancer null', statusOf('web'), { status: { loadBalancer: null } }),
    strategic('conditions null', statusOf('web'), { status: { conditions: null } }),
    merge('merge patch to status', statusOf('web'), ingress({ ip: '192.0.2.5' })),
    merge('merge patch replaces conditions whole', statusOf('web'), { status: { conditions: [condition('example.com/A', 'Unknown')] } }),
    jsonPatch('JSON patch to status', statusOf('web'), [{ op: 'replace', path: '/status/loadBalancer/ingress/0/ip', value: '192.0.2.6' }]),
    put('PUT of status', statusOf('web'), copyOf('JSON patch to status', ingress({ ip: '192.0.2.7' }))),
    put('PUT of status with the version before', statusOf('web'), copyOf('JSON patch to status', ingress({ ip: '192.0.2.8' })), {
      status: 409,
    }),
    put(
      'PUT of status without version',
      statusOf('web'),
      copyOf('JSON patch to status', { metadata: { resourceVersion: null }, ...ingress({ ip: '192.0.2.9' }) }),
    ),
    get('what has come of it', services('web')),
    post('POST to status', statusOf('web'), {}, { status: 405 }),

    refuse('ip that is none', ingress({ ip: 'one' })),
    refuse('ip with leading zeros', ingress({ ip: '192.0.2.010' })),
    refuse('ipMode that is none', ingress({ ip: '192.0.2.1', ipMode: 'Bridge' })),
    refuse('ipMode without ip', ingress({ hostname: 'lb.example.com', ipMode: 'VIP' })),
    refuse('hostname that is none', ingress({ hostname: 'Not Valid' })),
    refuse('hostname that is an address', ingress({ hostname: '192.0.2.1' })),
    // What a newcomer expects to be refused, and is not:
    strategic('a port out of range', statusOf('web'), ingress({ ip: '192.0.2.1', ports: [{ port: 0, protocol: 'TCP' }] })),
    strategic('a port without protocol', statusOf('web'), ingress({ ip: '192.0.2.1', ports: [{ port: 80 }] })),
    strategic(
      'a port error that is none',
      statusOf('web'),
      ingress({ ip: '192.0.2.1', ports: [{ port: 80, protocol: 'TCP', error: 'not valid' }] }),
    ),
    strategic('a condition of nothing but its type', statusOf('web'), { status: { conditions: [{ type: 'example.com/B' }] } }),
    strategic('a condition with a status that is none', statusOf('web'), { status: { conditions: [condition('example.com/B', 'Maybe')] } }),
    strategic('a condition with a type that is none', statusOf('web'), { status: { conditions: [condition('not valid', 'True')] } }),
    strategic('a condition without type', statusOf('web'), { status: { conditions: [{ status: 'True' }] } }, { status: 500 }),
    refuse('a finalizer without prefix through status', { metadata: { finalizers: ['hold'] } }),
    strategic('ingress on ClusterIP', statusOf('plain'), ingress({ ip: '192.0.2.1' }), { status: 422 }),
    strategic('conditions on ClusterIP', statusOf('plain'), { status: { conditions: [condition('example.com/A', 'True')] } }),
    strategic('empty ingress on ClusterIP', statusOf('plain'), { status: { loadBalancer: {} } }),
    strategic('status of a Service that is not there', statusOf('none'), ingress({ ip: '192.0.2.1' }), { status: 404 }),
  ],
};
