import { expect, it } from 'vitest';
import { filledIn } from './filled-in.ts';
import type { Rig } from './rig.ts';

const service = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }, { ip: '2001:db8::1' }] } } };
const rig = { snapshots: new Map([['before', { services: new Map([['one/default/web', service]]) }]]) } as unknown as Rig; // only what is looked at

it('puts addresses in the place of their placeholders, wherever a text stands', () => {
  const spec = { loadBalancerIP: '{{web@before}}', list: ['a {{web@before/IPv6}},{{web@before/IPv4}}', 1, null], same: { on: true } };

  expect(filledIn(rig, spec)).toEqual({ loadBalancerIP: '192.0.2.1', list: ['a 2001:db8::1,192.0.2.1', 1, null], same: { on: true } });
});

it('says which host name a Service had where an entry of a status asks for its address', () => {
  const named = { status: { loadBalancer: { ingress: [{ hostname: 'web.example' }] } } };
  const there = { snapshots: new Map([['before', { services: new Map([['one/default/web', named]]) }]]) } as unknown as Rig; // as above

  expect(filledIn(there, { ingress: [{ ip: '{{web@before}}', ports: [] }, { ip: '203.0.113.9' }] })).toEqual({
    ingress: [{ hostname: 'web.example', ports: [] }, { ip: '203.0.113.9' }],
  });
  expect(() => filledIn(there, '{{web@before/IPv4}}')).toThrow('web had no IPv4 address');
});

it('is told no story about addresses that never were', () => {
  expect(() => filledIn(rig, '{{shop@before}}')).toThrow('shop had no');
  expect(() => filledIn(rig, '{{web@later}}')).toThrow('at later');
});
