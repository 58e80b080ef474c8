import { service, servicesIn } from './services.ts';
import { get, merge, post, remove, strategic, watch, type Answers, type Area } from './steps.ts';

const services = servicesIn('watch');
const since =
  (step: string, more = '') =>
  (answers: Answers) =>
    `${services()}?watch=1&resourceVersion=${answers.at(step, '/metadata/resourceVersion')}${more}`;

export const area: Area = {
  area: 'watch',
  title: 'watches',
  namespaces: ['watch', 'watch-other'],
  steps: [
    post('before', services(), service('before', {}, { labels: { keep: 'yes' } })),
    get('the list to start from', services()),
    post('made', services(), service('one', {}, { labels: { keep: 'yes' } })),
    merge('changed', services('one'), { metadata: { labels: { n: '1' } } }),
    merge('not changed at all', services('one'), { metadata: { labels: { n: '1' } } }),
    post('made elsewhere', servicesIn('watch-other')(), service('two')),
    strategic('finalizer and status', `${services('one')}/status`, { metadata: { finalizers: ['example.com/hold'] } }),
    merge('falls out of the selector', services('one'), { metadata: { labels: { keep: 'no' } } }),
    merge('comes back into the selector', services('one'), { metadata: { labels: { keep: 'yes' } } }),
    remove('deleted, but held', services('one')),
    merge('the finalizer goes', services('one'), { metadata: { finalizers: null } }),
    remove('deleted at once', services('before')),
    watch('from the version of the list', since('the list to start from'), 8),
    watch('from the version of an object', since('comes back into the selector'), 3),
    watch('with a label selector', since('the list to start from', '&labelSelector=keep%3Dyes'), 8),
    watch('with a field selector', since('the list to start from', '&fieldSelector=metadata.name%3Dbefore'), 1),
    watch('bookmarks asked for do not disturb', since('the list to start from', '&allowWatchBookmarks=true'), 8),
    watch(
      'across namespaces',
      (answers) =>
        `/api/v1/services?watch=1&fieldSelector=metadata.name%3Dtwo&resourceVersion=${answers.at('made', '/metadata/resourceVersion')}`,
      1,
    ),
    post('stays', services(), service('stays')),
    post('stays too', services(), service('stays-too')),
    watch('without version: what is there comes as ADDED', `${services()}?watch=1`, 2),
    watch('version 0: what is there comes as ADDED', `${services()}?watch=1&resourceVersion=0`, 2),
    watch('watch=true is the same', `${services()}?watch=true&resourceVersion=0`, 2),
    watch('of one object', `${services()}?watch=1&resourceVersion=0&fieldSelector=metadata.name%3Dstays`, 1),
    watch(
      'initial events end with a bookmark',
      `${services()}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      3,
    ),
    watch(
      'initial events with a selector',
      `${services()}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&resourceVersion=&fieldSelector=metadata.name%3Dstays`,
      2,
    ),
    watch(
      'initial events of nothing',
      `${services()}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=none%3Dat-all`,
      1,
    ),
    get('initial events without resourceVersionMatch', `${services()}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true`, {
      status: 422,
    }),
    get('resourceVersionMatch without initial events', `${services()}?watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=0`, {
      status: 422,
    }),
    get('initial events without watch', `${services()}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan`, { status: 422 }),
    get('from a version that is none', `${services()}?watch=1&resourceVersion=new`, { status: 500 }),
    get('with a selector that is none', `${services()}?watch=1&labelSelector=%3D%3D`, { status: 400 }),
    get('of an unknown resource', '/api/v1/namespaces/watch/wonders?watch=1', { status: 404 }),
  ],
};
