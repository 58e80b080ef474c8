import { loadBalancer, service, servicesIn } from './services.ts';
import { get, merge, post, put, remove, type Area } from './steps.ts';

const namespaces = (name?: string) => `/api/v1/namespaces${name === undefined ? '' : `/${name}`}`;
const namespace = (name: string, metadata = {}) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } });

export const area: Area = {
  area: 'namespaces',
  title: 'Namespaces',
  steps: [
    get('default is there', namespaces('default')),
    get('kube-system is there', namespaces('kube-system')),
    post('a Namespace', namespaces(), namespace('team')),
    post('a Namespace with labels', namespaces(), namespace('labelled', { labels: { team: 'a' } })),
    post('a name that exists', namespaces(), namespace('team'), { status: 409 }),
    post('a name that is none', namespaces(), namespace('Team'), { status: 422 }),
    merge('a label', namespaces('team'), { metadata: { labels: { a: 'b' } } }),
    merge('its name label comes back', namespaces('team'), { metadata: { labels: { 'kubernetes.io/metadata.name': null } } }),
    get('one Namespace', namespaces('team')),
    get('Namespaces by label', `${namespaces()}?labelSelector=team%3Da`),
    post('a held Service in it', servicesIn('team')(), loadBalancer('web', {}, { finalizers: ['example.com/hold'] })),
    post('a Service in a Namespace that is not there', servicesIn('nowhere')(), service('web'), { status: 404 }),
    get('a Service in a Namespace that is not there is not found', servicesIn('nowhere')('web'), { status: 404 }),
    remove('DELETE begins to terminate', namespaces('team')),
    get('it terminates', namespaces('team')),
    post('nothing new in a terminating Namespace', servicesIn('team')(), service('late'), { status: 403 }),
    remove('default is not deleted', namespaces('default'), undefined, { status: 403 }),
    remove('DELETE of one that is not there', namespaces('nowhere'), undefined, { status: 404 }),
    put('finalize takes the finalizers of a Namespace away', `${namespaces('labelled')}/finalize`, {
      ...namespace('labelled'),
      spec: { finalizers: [] },
    }),
  ],
};
