import { describe, expect, it } from 'vitest';
import { aClass, aService } from '../../test/builders/views.ts';
import type { OwnedThing } from '../model/capabilities.ts';
import { providerName } from '../model/ids.ts';
import { finalizerOf } from '../model/load-balancer-class.ts';
import type { ServiceView } from '../model/service-view.ts';
import { parseIp } from '../net/ip.ts';
import { judgeThings, sameThing, type AuditScene } from './audit-verdicts.ts';

const [here, there] = [providerName('here'), providerName('there')];
const main = aClass({ id: 'main', provider: here });
const ingress = [{ ip: parseIp('203.0.113.1')! }];
const uid = aService().uid;
const thing = (patch: Partial<OwnedThing> = {}): OwnedThing => ({
  kind: 'lb',
  id: 'lb-1',
  name: 'web',
  key: `service/${uid}`,
  main: true,
  ...patch,
});
const scene = (services: readonly ServiceView[], patch: Partial<AuditScene> = {}): AuditScene => ({
  classes: [main],
  units: new Set([here]),
  service: (wanted) => services.find((service) => service.uid === wanted),
  unreadable: new Set(),
  outdated: undefined,
  underWay: () => false,
  elsewhere: () => undefined,
  ...patch,
});
const verdictOf = (things: readonly OwnedThing[], view: AuditScene) => judgeThings(here, things, view).groups[0];
const record = (status: 'True' | 'False', provider = 'here') => [
  { type: 'portolan.dev/Applied', status, reason: 'Applied', message: `v1 input=a spec=b provider=${provider}` },
];
const ours = { loadBalancerClass: main.name, finalizers: [finalizerOf(main.id)] };

describe('what belongs to a Service', () => {
  const cases: readonly [string, Partial<ServiceView>, string][] = [
    ['ours and served here', ours, 'owned'],
    ['ours and not begun', { loadBalancerClass: main.name }, 'owned'],
    ['ours and being deleted', { ...ours, deleting: true }, 'owned'],
    ['ours and being released', { ...ours, annotations: { 'portolan.dev/release': 'true' } }, 'owned'],
    ['released', { loadBalancerClass: main.name, annotations: { 'portolan.dev/release': 'true' } }, 'doubt'],
    ['of a class nobody has', { finalizers: ['portolan.dev/lb.gone'] }, 'doubt'],
    ['of another class', { loadBalancerClass: 'example.com/x' }, 'stray'],
    ['of another type', { type: 'ClusterIP' }, 'stray'],
    ['of another class, and publishing an address', { loadBalancerClass: 'example.com/x', ingress }, 'doubt'],
    ['of another class, with a record of ours', { loadBalancerClass: 'example.com/x', conditions: record('True') }, 'doubt'],
    ['classless, with the finalizer of another controller', { finalizers: ['service.kubernetes.io/load-balancer-cleanup'] }, 'stray'],
  ];
  it.each(cases)('%s', (_title, patch, expected) => {
    expect(verdictOf([thing()], scene([aService(patch)]))?.verdict).toBe(expected);
  });

  it('is named', () => {
    expect(verdictOf([thing()], scene([aService(ours)]))).toMatchObject({ verdict: 'owned', service: 'default/web' });
  });

  it('is in doubt while a pass may be about it', () => {
    const other = aService({ loadBalancerClass: 'example.com/x' });
    expect(verdictOf([thing()], scene([other], { underWay: () => true }))?.verdict).toBe('doubt');
    expect(verdictOf([thing()], scene([], { underWay: () => true }))?.verdict).toBe('doubt');
  });

  it('is a stray where there is none, unless that one, or any, cannot be read', () => {
    expect(verdictOf([thing()], scene([]))).toMatchObject({ verdict: 'stray', why: 'its Service does not exist' });
    expect(verdictOf([thing()], scene([], { unreadable: new Set([uid]) }))?.verdict).toBe('doubt');
    expect(verdictOf([thing()], scene([], { unreadable: new Set([undefined]) }))?.verdict).toBe('doubt');
    expect(verdictOf([thing()], scene([], { unreadable: new Set(['another-uid']) }))?.verdict).toBe('stray');
  });
});

describe('what another provider serves', () => {
  const moved = (status: 'True' | 'False') => aService({ ...ours, conditions: record(status, 'there') });
  const has = (...things: OwnedThing[]): Partial<AuditScene> => ({
    elsewhere: (provider) => (provider === there ? new Set(things.map(sameThing)) : undefined),
  });

  it('is a stray once that one has finished and does not have it', () => {
    expect(verdictOf([thing()], scene([moved('True')], has(thing({ id: 'lb-9' }))))).toMatchObject({
      verdict: 'stray',
      why: 'Service default/web is served by provider there',
    });
  });

  it('is in doubt before', () => {
    expect(verdictOf([thing()], scene([moved('False')], has()))?.verdict).toBe('doubt');
    expect(verdictOf([thing()], scene([moved('True')]))?.verdict).toBe('doubt');
  });

  it('is owned as a whole where that one sees any of it: two entries look at one cloud', () => {
    const things = [thing(), thing({ kind: 'group', id: 'g-1', main: false })];
    expect(verdictOf(things, scene([moved('True')], has(things[1]!)))?.verdict).toBe('owned');
  });
});

describe('what is no single Service’s', () => {
  it.each([
    ['cluster/here', 'owned'],
    ['cluster/there', 'doubt'],
    ['shared/default/group', 'doubt'],
    ['', 'doubt'],
    ['service/', 'doubt'],
  ])('%j is %s', (key, expected) => {
    expect(verdictOf([thing({ key })], scene([]))?.verdict).toBe(expected);
  });

  it('foreign things are listed and belong to no group, whatever their mark says', () => {
    const foreign = thing({ foreign: { marks: {} } });
    expect(judgeThings(here, [foreign], scene([]))).toEqual({ provider: here, groups: [], foreign: [foreign] });
  });
});
