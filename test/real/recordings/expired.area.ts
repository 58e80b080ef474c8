import { service, servicesIn } from './services.ts';
import { compact, get, merge, post, watch, type Answers, type Area } from './steps.ts';

const services = servicesIn('expired');
const version = (answers: Answers, step: string) => answers.at(step, '/metadata/resourceVersion');

export const area: Area = {
  area: 'expired',
  title: 'versions that the server has forgotten',
  namespaces: ['expired'],
  // The watch cache would go on serving what etcd has dropped.
  apiserverArgs: '--watch-cache-sizes=services#0',
  steps: [
    post('first', services(), service('a')),
    post('second', services(), service('b')),
    post('third', services(), service('c')),
    get('a page', `${services()}?limit=1`),
    merge('changed', services('a'), { metadata: { labels: { n: '1' } } }),
    watch('before: the history is there', (answers) => `${services()}?watch=1&resourceVersion=${version(answers, 'third')}`, 1),
    compact('the history is dropped'),
    watch('a watch from before gets an ERROR', (answers) => `${services()}?watch=1&resourceVersion=${version(answers, 'first')}`, 1),
    get('a page from before', (answers) => `${services()}?limit=1&continue=${answers.at('a page', '/metadata/continue')}`, {
      status: 410,
    }),
    get(
      'an exact version from before',
      (answers) => `${services()}?resourceVersionMatch=Exact&resourceVersion=${version(answers, 'first')}`,
      { status: 410 },
    ),
    get('a list is still served', services()),
    merge('changed again', services('b'), { metadata: { labels: { n: '1' } } }),
    watch('a watch from now on', (answers) => `${services()}?watch=1&resourceVersion=${version(answers, 'a list is still served')}`, 1),
  ],
};
