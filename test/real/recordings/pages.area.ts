import { service, servicesIn } from './services.ts';
import { get, post, remove, type Answers, type Area } from './steps.ts';

const services = servicesIn('pages');
const names = ['a', 'b', 'c', 'd', 'e'];
const next =
  (step: string, limit: number, more = '') =>
  (answers: Answers) =>
    `${services()}?limit=${limit}${more}&continue=${answers.at(step, '/metadata/continue')}`;

export const area: Area = {
  area: 'pages',
  title: 'lists: pages, selectors, versions',
  namespaces: ['pages', 'pages-other'],
  steps: [
    get('an empty list', services()),
    ...names.map((name, index) =>
      post(`Service ${name}`, services(), service(name, {}, { labels: { side: index % 2 === 0 ? 'even' : 'odd', name } })),
    ),
    post('a Service elsewhere', servicesIn('pages-other')(), service('z', {}, { labels: { side: 'even' } })),
    get('the whole list', services()),
    get('first page', `${services()}?limit=2`),
    get('second page', next('first page', 2)),
    remove('one of the last page is deleted meanwhile', services('e')),
    post('one is made meanwhile', services(), service('f', {}, { labels: { side: 'odd' } })),
    get('last page shows what was there at the first', next('second page', 2)),
    get('a limit above the size', `${services()}?limit=100`),
    get('a limit of the size', `${services()}?limit=5`),
    get('pages by selector have no remainingItemCount', `${services()}?limit=1&labelSelector=side%3Deven`),
    get('second page by selector', next('pages by selector have no remainingItemCount', 1, '&labelSelector=side%3Deven')),
    get('a token that is none', `${services()}?limit=2&continue=nonsense`, { status: 400 }),
    get('continue with a version', (answers) => `${next('first page', 2)(answers)}&resourceVersion=1`, { status: 400 }),
    get('a limit that is none', `${services()}?limit=many`, { status: 400 }),
    get('label selector: equality', `${services()}?labelSelector=name%3Da`),
    get('label selector: inequality', `${services()}?labelSelector=side%21%3Deven`),
    get('label selector: set', `${services()}?labelSelector=name+in+%28a%2Cc%29`),
    get('label selector: existence and absence', `${services()}?labelSelector=side%2C%21name`),
    get('label selector that is none', `${services()}?labelSelector=%3D%3D`, { status: 400 }),
    get('field selector: metadata.name', `${services()}?fieldSelector=metadata.name%3Db`),
    get('field selector: spec.type', `${services()}?fieldSelector=spec.type%3DLoadBalancer`),
    get('field selector that is not supported', `${services()}?fieldSelector=spec.colour%3Dblue`, { status: 400 }),
    get('resourceVersion 0', `${services()}?resourceVersion=0`),
    get(
      'an exact version',
      (answers) => `${services()}?resourceVersionMatch=Exact&resourceVersion=${answers.at('the whole list', '/metadata/resourceVersion')}`,
    ),
    get(
      'not older than a version',
      (answers) =>
        `${services()}?resourceVersionMatch=NotOlderThan&resourceVersion=${answers.at('the whole list', '/metadata/resourceVersion')}`,
    ),
    get('resourceVersionMatch without version', `${services()}?resourceVersionMatch=Exact`, { status: 422 }),
    get('resourceVersionMatch that is none', `${services()}?resourceVersionMatch=Roughly&resourceVersion=1`, { status: 422 }),
    get('a version that is none', `${services()}?resourceVersion=new`, { status: 400 }),
    get('a version of the future', `${services()}?resourceVersion=99999999`, { status: 504 }),
    get('across namespaces by selector', '/api/v1/services?labelSelector=side%3Deven'),
    get('across namespaces, first page', '/api/v1/services?limit=1&labelSelector=side%3Deven'),
    get('a list in a namespace that is not there', '/api/v1/namespaces/nowhere/services'),
  ],
};
