import { describe, expect, it } from 'vitest';
import { aClass, aService } from '../../test/builders/views.ts';
import { finalizerOf, type LoadBalancerClass } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import { parseIp } from '../net/ip.ts';
import { claimOf } from './claim.ts';

const aws = aClass({ id: 'aws' });
const metal = aClass({ id: 'metal' });
const standard = aClass({ id: 'standard', default: true });
const [foreign, cleanup] = ['example.com/internal-vip', 'service.kubernetes.io/load-balancer-cleanup'];
const ingress = [{ ip: parseIp('203.0.113.1')! }];

type Short = string;
const short = (service: ServiceView, classes: readonly LoadBalancerClass[]): Short => {
  const claim = claimOf(service, classes);
  if (claim.kind === 'ours') return `ours:${claim.class.id}:${claim.by}:${claim.wanted ? 'wanted' : 'gone'}`;
  if (claim.kind === 'held') return `held:${claim.class.id}`;
  return claim.kind === 'left-behind' ? `left-behind:${claim.classId}` : `${claim.kind}:${claim.why}`;
};

describe('a Service without a finalizer of ours', () => {
  const types = { LoadBalancer: true, ClusterIP: false };
  const namedClasses = { nil: undefined, ours: aws.name, other: foreign };
  for (const [type, isLb] of Object.entries(types)) {
    for (const [label, loadBalancerClass] of Object.entries(namedClasses)) {
      for (const withDefault of [false, true]) {
        for (const deleting of [false, true]) {
          for (const finalizer of [undefined, 'example.com/keep', cleanup]) {
            it(`${type}, class ${label}, default class ${withDefault}, deleting ${deleting}, finalizer ${finalizer ?? 'none'}`, () => {
              const service = aService({
                type,
                deleting,
                finalizers: finalizer === undefined ? [] : [finalizer],
                ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
              });

              const claim = short(service, withDefault ? [aws, standard] : [aws]);

              expect(claim).toBe(expected());
              function expected(): Short {
                if (!isLb) return 'foreign:not-load-balancer';
                if (label === 'other') return 'foreign:other-class';
                if (label === 'nil' && !withDefault) return 'foreign:no-default-class';
                if (deleting) return 'foreign:deleting';
                if (label === 'ours') return 'ours:aws:class:wanted';
                return finalizer === cleanup ? 'held:standard' : 'ours:standard:default:wanted';
              }
            });
          }
        }
      }
    }
  }

  it.each([
    'service.kubernetes.io/load-balancer-cleanup',
    'service.k8s.aws/resources',
    'networking.gke.io/l4-ilb-v1',
    'gke.networking.io/l4-ilb-v1',
    'gke.networking.io/l4-ilb-v2',
    'gke.networking.io/l4-netlb-v1',
    'gke.networking.io/l4-netlb-v2',
  ])('is held by a finalizer other controllers are known for, and names it: %s', (finalizer) => {
    expect(claimOf(aService({ finalizers: ['a.example/b', finalizer] }), [standard])).toEqual({
      kind: 'held',
      class: standard,
      finalizer,
    });
  });
});

describe('a Service with a finalizer of a class we run', () => {
  const cases: readonly [string, Partial<ServiceView>, Short][] = [
    ['of its own class', { loadBalancerClass: aws.name }, 'wanted'],
    ['without a class, although another class is the default', {}, 'wanted'],
    ['that was moved to another class of ours', { loadBalancerClass: metal.name, ingress }, 'gone'],
    ['deleting', { loadBalancerClass: aws.name, deleting: true }, 'gone'],
    ['deleting and without a class', { deleting: true }, 'gone'],
    ['deleting and of a foreign class', { deleting: true, loadBalancerClass: foreign, ingress }, 'gone'],
    ['of another type, its class wiped by the API server', { type: 'ClusterIP' }, 'gone'],
    ['of another type and deleting', { type: 'NodePort', deleting: true }, 'gone'],
    ['of a foreign class after a type change, nothing published', { loadBalancerClass: foreign }, 'gone'],
  ];
  it.each(cases)('%s', (_title, patch, expected) => {
    const finalizers = ['example.com/keep', finalizerOf(aws.id)];

    expect(short(aService({ ...patch, finalizers }), [standard, metal, aws])).toBe(`ours:aws:finalizer:${expected}`);
  });

  it('whose class field nobody knows while an address is published loses nothing: the class was renamed', () => {
    const service = aService({ loadBalancerClass: 'portolan.dev/old-name', finalizers: [finalizerOf(aws.id)], ingress });

    expect(short(service, [aws, standard])).toBe('left-behind:aws');
  });

  it('keeps its class beside the finalizer of another controller', () => {
    expect(short(aService({ finalizers: [cleanup, finalizerOf(aws.id)] }), [aws, standard])).toBe('ours:aws:finalizer:wanted');
  });
});

describe('a Service with a finalizer of a class this configuration does not have', () => {
  const gone = 'portolan.dev/lb.gone';
  it.each([
    ['live', {}],
    ['of a class of ours by name', { loadBalancerClass: aws.name }],
    ['deleting', { deleting: true }],
    ['of another type', { type: 'ClusterIP' }],
  ] satisfies [string, Partial<ServiceView>][])('is left behind: %s', (_title, patch) => {
    expect(short(aService({ ...patch, finalizers: [gone] }), [aws, standard])).toBe('left-behind:gone');
  });

  it('is left behind, too, where a finalizer of somebody else comes first', () => {
    expect(short(aService({ finalizers: [cleanup, gone] }), [aws, standard])).toBe('left-behind:gone');
  });

  it('is ours first where it carries both', () => {
    expect(short(aService({ finalizers: [gone, finalizerOf(aws.id)] }), [aws])).toBe('ours:aws:finalizer:wanted');
  });
});

describe('a released Service', () => {
  const annotations = { 'portolan.dev/release': 'true' };
  const applied = { type: 'portolan.dev/Applied', status: 'True' as const, reason: 'Applied', message: 'v1 input=a spec=b' };
  const record = [applied];
  const cases: readonly [string, Partial<ServiceView>, Short][] = [
    ['of a class', { loadBalancerClass: aws.name }, 'foreign:released'],
    ['of the default class', {}, 'foreign:released'],
    ['that somebody else has written a condition on', { conditions: [{ ...applied, type: 'example.com/Applied' }] }, 'foreign:released'],
    ["of the default class with another controller's finalizer", { finalizers: [cleanup] }, 'foreign:released'],
    ['that was begun, its finalizer taken off', { loadBalancerClass: aws.name, conditions: record }, 'ours:aws:class:gone'],
    ['of the default class that was begun', { conditions: record }, 'ours:standard:default:gone'],
    [
      'that was refused before',
      { conditions: [{ ...applied, type: 'portolan.dev/Accepted', status: 'False', reason: 'InvalidSetting' }] },
      'ours:standard:default:gone',
    ],
    [
      'that says so',
      { conditions: [{ ...applied, type: 'portolan.dev/Accepted', status: 'False', reason: 'Released' }] },
      'foreign:released',
    ],
    ['with our finalizer', { loadBalancerClass: aws.name, finalizers: [finalizerOf(aws.id)] }, 'ours:aws:finalizer:gone'],
    [
      'with our finalizer and a class renamed since',
      { loadBalancerClass: 'portolan.dev/old-name', finalizers: [finalizerOf(aws.id)], ingress },
      'ours:aws:finalizer:gone',
    ],
    ['of another controller', { loadBalancerClass: foreign }, 'foreign:other-class'],
    ['of a class that is not configured', { finalizers: ['portolan.dev/lb.gone'] }, 'left-behind:gone'],
  ];
  it.each(cases)('%s', (_title, patch, expected) => {
    expect(short(aService({ annotations, ...patch }), [aws, standard])).toBe(expected);
  });

  it('is not released by any other value', () => {
    const service = aService({ annotations: { 'portolan.dev/release': 'True' }, loadBalancerClass: aws.name });
    expect(short(service, [aws])).toBe('ours:aws:class:wanted');
  });
});

it('never touches the class of the status conformance test (contract G6)', () => {
  const service = aService({ loadBalancerClass: foreign, ingress });

  expect(claimOf(service, [aws, metal, standard])).toEqual({ kind: 'foreign', why: 'other-class' });
});
