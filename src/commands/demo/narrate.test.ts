import { expect, it } from 'vitest';
import { projectService } from '../../kube/projection.ts';
import { narrate } from './narrate.ts';

const view = (status: object, type = 'LoadBalancer') =>
  projectService({ metadata: { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' }, spec: { type, ports: [] }, status });
const at = (...ips: string[]) => view({ loadBalancer: { ingress: ips.map((ip) => ({ ip })) } });
const saying = (type: string, status: string, reason: string, message = 'because') =>
  view({ conditions: [{ type: `portolan.dev/${type}`, status, reason, message }] });

it('tells of addresses that come, move and go', () => {
  expect(narrate({ new: at('127.0.0.9') })).toEqual(['shop/web has 127.0.0.9']);
  expect(narrate({ old: at('127.0.0.9'), new: at('127.0.0.9') })).toEqual([]);
  expect(narrate({ old: at('127.0.0.9'), new: at('127.0.0.8') })).toEqual(['shop/web moves from 127.0.0.9 to 127.0.0.8']);
  expect(narrate({ old: at('127.0.0.9'), new: at() })).toEqual(['shop/web gives 127.0.0.9 back']);
  expect(narrate({ old: at('127.0.0.9') })).toEqual(['shop/web is gone']);
});

it('tells bad news once, and once only', () => {
  const refused = saying('Accepted', 'False', 'AddressOutOfRange');

  expect(narrate({ new: refused })).toEqual(['shop/web Accepted=False AddressOutOfRange: because']);
  expect(narrate({ old: refused, new: refused })).toEqual([]);
  expect(narrate({ old: refused, new: saying('Accepted', 'False', 'InvalidSetting') })).toHaveLength(1);
  expect(narrate({ old: refused, new: saying('Accepted', 'False', 'AddressOutOfRange', 'else') })).toHaveLength(1);
  expect(narrate({ new: saying('Degraded', 'True', 'NoHealthyMember') })).toHaveLength(1);
});

it('keeps quiet about what passes by itself, good news of conditions, and Services nobody serves', () => {
  expect(narrate({ new: saying('Programmed', 'False', 'Pending') })).toEqual([]);
  expect(narrate({ new: saying('Accepted', 'True', 'Accepted') })).toEqual([]);
  expect(narrate({ new: saying('Degraded', 'False', 'AsExpected') })).toEqual([]);
  expect(narrate({ new: view({}, 'ClusterIP') })).toEqual([]);
  expect(narrate({ old: view({}, 'ClusterIP') })).toEqual([]);
});
