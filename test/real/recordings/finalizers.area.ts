import { loadBalancer, service, servicesIn } from './services.ts';
import { get, merge, post, put, copyOf, remove, strategic, watch, type Area } from './steps.ts';

const services = servicesIn('finalizers');
const held = (name: string, ...finalizers: readonly string[]) =>
  post(`${name} with finalizers`, services(), loadBalancer(name, {}, { finalizers }));

export const area: Area = {
  area: 'finalizers',
  title: 'deletion with and without finalizers',
  namespaces: ['finalizers'],
  steps: [
    post('a Service without finalizers', services(), service('free')),
    remove('DELETE answers Success', services('free')),
    get('it is gone', services('free'), { status: 404 }),
    remove('DELETE again', services('free'), undefined, { status: 404 }),

    held('held', 'example.com/a', 'example.com/b'),
    remove('DELETE answers the object', services('held')),
    get('it stays', services('held')),
    remove('DELETE again changes nothing', services('held')),
    strategic(
      'no finalizer may be added while deleting',
      `${services('held')}/status`,
      { metadata: { finalizers: ['example.com/c'] } },
      { status: 422 },
    ),
    merge(
      'nor by merge patch',
      services('held'),
      { metadata: { finalizers: ['example.com/a', 'example.com/b', 'example.com/c'] } },
      { status: 422 },
    ),
    merge('labels may change while deleting', services('held'), { metadata: { labels: { a: 'b' } } }),
    merge('spec may change while deleting', services('held'), { spec: { externalTrafficPolicy: 'Local' } }),
    strategic('status may change while deleting', `${services('held')}/status`, {
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    }),
    merge('deletionTimestamp cannot be taken back', services('held'), { metadata: { deletionTimestamp: null } }),
    strategic('one finalizer goes', `${services('held')}/status`, {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] },
    }),
    strategic('the last finalizer goes, and the object with it', `${services('held')}/status`, {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/b'], '$setElementOrder/finalizers': [] },
    }),
    get('now it is gone', services('held'), { status: 404 }),
    strategic('a patch to status of what is gone', `${services('held')}/status`, { status: { loadBalancer: {} } }, { status: 404 }),
    watch(
      'the story as a watch sees it',
      (answers) => `${services()}?watch=1&resourceVersion=${answers.at('held with finalizers', '/metadata/resourceVersion')}`,
      6,
    ),
    post('the name is free again, with a new uid', services(), loadBalancer('held')),

    held('merged', 'example.com/a'),
    remove('DELETE of the merged one', services('merged')),
    merge('finalizers null by merge patch', services('merged'), { metadata: { finalizers: null } }),
    get('the merged one is gone', services('merged'), { status: 404 }),

    held('replaced', 'example.com/a'),
    remove('DELETE of the replaced one', services('replaced')),
    put('PUT without the finalizer', services('replaced'), copyOf('DELETE of the replaced one', { metadata: { finalizers: null } })),
    get('the replaced one is gone', services('replaced'), { status: 404 }),

    held('released', 'example.com/a'),
    merge('finalizers taken away before deletion', services('released'), { metadata: { finalizers: [] } }),
    remove('DELETE is final now', services('released')),

    held('reborn', 'example.com/a'),
    remove('DELETE of the reborn one', services('reborn')),
    post('creating over a deleting object', services(), service('reborn'), { status: 409 }),
    remove('propagationPolicy Foreground', services('reborn'), { propagationPolicy: 'Foreground' }),
    remove('propagationPolicy that is none', services('reborn'), { propagationPolicy: 'Sideways' }, { status: 422 }),
    remove('gracePeriodSeconds 0 does not force', services('reborn'), { gracePeriodSeconds: 0 }),

    post('labelled one', services(), service('many-1', {}, { labels: { many: 'yes' } })),
    post('labelled two', services(), service('many-2', {}, { labels: { many: 'yes' } })),
    remove('DELETE of a collection', `${services()}?labelSelector=many%3Dyes`),
    get('the collection is gone', `${services()}?labelSelector=many%3Dyes`),
  ],
};
