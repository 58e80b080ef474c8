import { copyOf, get, merge, post, put, remove, type Area } from './steps.ts';

const leases = (name?: string) => `/apis/coordination.k8s.io/v1/namespaces/leases/leases${name === undefined ? '' : `/${name}`}`;
const lease = (name: string, spec = {}) => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name }, spec });
const held = {
  holderIdentity: 'one',
  leaseDurationSeconds: 15,
  acquireTime: '2026-01-01T00:00:00.000000Z',
  renewTime: '2026-01-01T00:00:00.000000Z',
  leaseTransitions: 0,
};
const renewed = { renewTime: '2026-01-01T00:00:02.000000Z' };

export const area: Area = {
  area: 'leases',
  title: 'Leases',
  namespaces: ['leases'],
  steps: [
    get('not there yet', leases('lead'), { status: 404 }),
    post('acquired', leases(), lease('lead', held)),
    post('acquired by another at the same time', leases(), lease('lead', { ...held, holderIdentity: 'two' }), { status: 409 }),
    put('renewed', leases('lead'), copyOf('acquired', { spec: renewed })),
    put('renewed with the version before', leases('lead'), copyOf('acquired', { spec: { holderIdentity: 'two' } }), { status: 409 }),
    put('renewed without version', leases('lead'), copyOf('acquired', { metadata: { resourceVersion: null } }), { status: 422 }),
    merge('an annotation and a renewal', leases('lead'), {
      metadata: { annotations: { 'example.com/epoch': 'e1' } },
      spec: { renewTime: '2026-01-01T00:00:06.000000Z' },
    }),
    merge(
      'a patch with the version before',
      leases('lead'),
      (answers) => ({
        metadata: { resourceVersion: answers.at('renewed', '/metadata/resourceVersion') },
        spec: { holderIdentity: 'two' },
      }),
      { status: 409 },
    ),
    merge('released', leases('lead'), { spec: { holderIdentity: '', leaseDurationSeconds: 1 } }),
    put(
      'taken by another',
      leases('lead'),
      copyOf('released', { spec: { holderIdentity: 'two', leaseDurationSeconds: 15, leaseTransitions: 1 } }),
    ),
    get('one Lease', leases('lead')),
    get('all Leases', leases()),
    post('an empty Lease', leases(), lease('empty')),
    post('a Lease without spec', leases(), { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'bare' } }),
    put('PUT creates a Lease', leases('by-put'), lease('by-put', { holderIdentity: 'one' }), { status: 201 }),
    post('a duration of 0', leases(), lease('zero', { ...held, leaseDurationSeconds: 0 }), { status: 422 }),
    post('negative transitions', leases(), lease('negative', { ...held, leaseTransitions: -1 }), { status: 422 }),
    post('a time that is none', leases(), lease('time', { ...held, renewTime: 'now' }), { status: 400 }),
    post('a time without fractions', leases(), lease('seconds', { ...held, renewTime: '2026-01-01T00:00:00Z' }), { status: 400 }),
    remove('DELETE', leases('lead')),
  ],
};
