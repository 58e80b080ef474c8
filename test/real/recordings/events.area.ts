import { get, merge, post, remove, strategic, type Area } from './steps.ts';

const core = (name?: string) => `/api/v1/namespaces/events/events${name === undefined ? '' : `/${name}`}`;
const grouped = (name?: string) => `/apis/events.k8s.io/v1/namespaces/events/events${name === undefined ? '' : `/${name}`}`;
const about = { apiVersion: 'v1', kind: 'Service', namespace: 'events', name: 'web', uid: '0b5c7a9e-1111-4222-8333-444455556666' };
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'events' },
  involvedObject: about,
  type: 'Normal',
  reason: 'EnsuringLoadBalancer',
  message: 'Ensuring load balancer',
  source: { component: 'service-controller' },
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: '2026-01-01T00:00:00Z',
  count: 1,
};

export const area: Area = {
  area: 'events',
  title: 'Events of both groups',
  namespaces: ['events'],
  steps: [
    post('a core Event', core(), event),
    strategic('it happened again', core('web.1'), { count: 2, lastTimestamp: '2026-01-01T00:01:00Z' }),
    merge('and again', core('web.1'), { count: 3, lastTimestamp: '2026-01-01T00:02:00Z' }),
    get('the core Event', core('web.1')),
    get('core Events by object', `${core()}?fieldSelector=involvedObject.name%3Dweb%2CinvolvedObject.kind%3DService`),
    get('core Events by reason', `${core()}?fieldSelector=reason%3DOther`),
    post('generateName', core(), { ...event, metadata: { generateName: 'web.' } }),
    post('the least of a core Event', core(), {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'least' },
      involvedObject: { namespace: 'events' },
    }),
    post(
      'an object in another namespace',
      core(),
      { ...event, metadata: { name: 'web.2' }, involvedObject: { ...about, namespace: 'default' } },
      { status: 422 },
    ),
    post(
      'an object without namespace in a namespace',
      core(),
      { ...event, metadata: { name: 'web.3' }, involvedObject: { kind: 'Node', name: 'node-1' } },
      { status: 422 },
    ),
    post('an object without namespace in default', '/api/v1/namespaces/default/events', {
      ...event,
      metadata: { name: 'node-1.1', namespace: 'default' },
      involvedObject: { kind: 'Node', name: 'node-1' },
    }),
    post(
      'in a namespace that is not there',
      '/api/v1/namespaces/nowhere/events',
      { ...event, metadata: { name: 'web.1' } },
      { status: 404 },
    ),
    post('an Event of events.k8s.io', grouped(), {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'web.9', namespace: 'events' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'example.com/controller',
      reportingInstance: 'controller-1',
      action: 'Ensure',
      reason: 'EnsuredLoadBalancer',
      regarding: about,
      note: 'Ensured load balancer',
      type: 'Normal',
    }),
    get('the same through the core group', core('web.9')),
    get('a core Event through the other group', grouped('web.1')),
    post(
      'an Event of events.k8s.io with faults',
      grouped(),
      { apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: 'web.10' }, regarding: about, type: 'Odd' },
      {
        status: 422,
      },
    ),
    remove('DELETE', core('web.1')),
    get('gone', core('web.1'), { status: 404 }),
  ],
};
