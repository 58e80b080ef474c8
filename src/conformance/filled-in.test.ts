import { expect, it } from 'vitest';
import { filledIn } from './filled-in.ts';
import type { Rig } from './rig.ts';

const service = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }] } } };
const rig = { snapshots: new Map([['before', { services: new Map([['one/default/web', service]]) }]]) } as unknown as Rig; // only what is looked at

it('puts addresses in the place of their placeholders, wherever a text stands', () => {
  const spec = { loadBalancerIP: '{{web@before}}', list: ['a {{web@before/IPv6}},{{web@before/IPv4}}', 1, null], same: { on: true } };

  expect(filledIn(rig, spec)).toEqual({ loadBalancerIP: '192.0.2.1', list: ['a 2001:db8::1,192.0.2.1', 1, null], same: { on: true } });
});

it('is told no story about addresses that never were', () => {
  expect(() => filledIn(rig, '{{shop@before}}')).toThrow('shop had no');
  expect(() => filledIn(rig, '{{web@later}}')).toThrow('at later');
});
