import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp, type IpAddress } from '../net/ip.ts';
import type { Condition } from '../model/condition.ts';
import type { ServiceView } from '../model/service-view.ts';
import { serviceStatusPatch } from './patch.ts';
import { projectService } from './projection.ts';

const now = Date.UTC(2026, 5, 1, 12, 0, 0, 500);
const at = '2026-06-01T12:00:00Z';
const ip = (text: string): IpAddress => parseIp(text) ?? expect.fail(`${text} is no address`);

const view = (finalizers: string[] = [], ingress: object[] = [], conditions: object[] = []): ServiceView =>
  projectService({
    metadata: { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '7', finalizers },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress }, conditions },
  });

const applied: Condition = { type: 'portolan.dev/Applied', status: 'True', reason: 'Applied', message: 'v1' };

describe('finalizers', () => {
  it('adds only the new one, in the order of all (E3)', () => {
    expect(serviceStatusPatch(view(['a/x']), { finalizers: { add: 'p/y' } }, now)).toEqual({
      metadata: { '$setElementOrder/finalizers': ['a/x', 'p/y'], finalizers: ['p/y'] },
    });
  });

  it('removes only ours and keeps the order of the rest (E6)', () => {
    expect(serviceStatusPatch(view(['a/x', 'p/y', 'b/z', 'p/y']), { finalizers: { remove: 'p/y' } }, now)).toEqual({
      metadata: { '$setElementOrder/finalizers': ['a/x', 'b/z'], '$deleteFromPrimitiveList/finalizers': ['p/y'] },
    });
  });

  it('changes one for another in one patch', () => {
    expect(serviceStatusPatch(view(['p/old']), { finalizers: { add: 'p/new', remove: 'p/old' } }, now)).toEqual({
      metadata: {
        '$setElementOrder/finalizers': ['p/new'],
        finalizers: ['p/new'],
        '$deleteFromPrimitiveList/finalizers': ['p/old'],
      },
    });
  });

  it('asks for nothing that is so already (E1)', () => {
    expect(serviceStatusPatch(view(['p/y']), { finalizers: { add: 'p/y', remove: 'a/x' } }, now)).toBeUndefined();
  });
});

describe('ingress', () => {
  const one = [{ ip: '192.0.2.1', ipMode: 'VIP' }];

  it('is written whole, with errors of ports', () => {
    const ingress = [{ ip: ip('192.0.2.2'), ipMode: 'Proxy' as const, ports: [{ port: 80, protocol: 'TCP' as const, error: 'a.b/C' }] }];
    expect(serviceStatusPatch(view([], one), { ingress }, now)).toEqual({ status: { loadBalancer: { ingress } } });
  });

  it('absent mode means VIP, no ports means empty ports: nothing to do', () => {
    expect(serviceStatusPatch(view([], one), { ingress: [{ ip: ip('192.0.2.1'), ports: [] }] }, now)).toBeUndefined();
  });

  it('another order is a change (F2)', () => {
    const [a, b] = [{ ip: ip('192.0.2.1') }, { ip: ip('192.0.2.2') }];
    expect(serviceStatusPatch(view([], [a, b]), { ingress: [b, a] }, now)).toEqual({ status: { loadBalancer: { ingress: [b, a] } } });
  });

  it('an empty list takes the field away', () => {
    expect(serviceStatusPatch(view([], one), { ingress: [] }, now)).toEqual({ status: { loadBalancer: { ingress: null } } });
    expect(serviceStatusPatch(view(), { ingress: [] }, now)).toBeUndefined();
  });

  it('says no mode beside a host name (F6)', () => {
    const patch = serviceStatusPatch(view(), { ingress: [{ hostname: 'x.example.com', ipMode: 'Proxy' }] }, now);
    expect(patch).toEqual({ status: { loadBalancer: { ingress: [{ hostname: 'x.example.com' }] } } });
  });
});

describe('conditions', () => {
  const since = '2026-01-01T00:00:00Z';

  it('a new one begins now', () => {
    expect(serviceStatusPatch(view(), { conditions: [applied] }, now)).toEqual({
      status: { conditions: [{ ...applied, lastTransitionTime: at }] },
    });
  });

  it('keeps its time while its status stands, and gets a new one when it changes', () => {
    const have = view([], [], [{ ...applied, lastTransitionTime: since }]);
    expect(serviceStatusPatch(have, { conditions: [{ ...applied, message: 'v2' }] }, now)).toEqual({
      status: { conditions: [{ ...applied, message: 'v2', lastTransitionTime: since }] },
    });
    expect(serviceStatusPatch(have, { conditions: [{ ...applied, status: 'False' }] }, now)).toEqual({
      status: { conditions: [{ ...applied, status: 'False', lastTransitionTime: at }] },
    });
  });

  it('leaves out what does not differ and what is not ours', () => {
    const foreign = { type: 'example.com/Theirs', status: 'True', lastTransitionTime: since };
    const have = view([], [], [foreign, { ...applied, lastTransitionTime: since }]);
    expect(serviceStatusPatch(have, { conditions: [applied] }, now)).toBeUndefined();
    const portsError: Condition = { type: 'LoadBalancerPortsError', status: 'False', reason: 'PortsServed', message: '' };
    expect(serviceStatusPatch(have, { conditions: [applied, portsError] }, now)).toEqual({
      status: { conditions: [{ ...portsError, lastTransitionTime: at }] },
    });
  });

  it('a generation that is named must be so; one that is not stays', () => {
    const have = view([], [], [{ ...applied, lastTransitionTime: since, observedGeneration: 1 }]);
    expect(serviceStatusPatch(have, { conditions: [applied] }, now)).toBeUndefined();
    expect(serviceStatusPatch(have, { conditions: [{ ...applied, observedGeneration: 2 }] }, now)).toEqual({
      status: { conditions: [{ ...applied, lastTransitionTime: since, observedGeneration: 2 }] },
    });
  });

  it('takes a type away', () => {
    const have = view([], [], [{ ...applied, lastTransitionTime: since }]);
    expect(serviceStatusPatch(have, { removeConditions: [applied.type, 'never/there'] }, now)).toEqual({
      status: { conditions: [{ $patch: 'delete', type: applied.type }] },
    });
  });
});

it('everything in one patch, and never a resourceVersion (E4)', () => {
  const patch = serviceStatusPatch(view(), { finalizers: { add: 'p/y' }, ingress: [{ ip: ip('192.0.2.1') }], conditions: [applied] }, now);
  expect(Object.keys(patch ?? {})).toEqual(['metadata', 'status']);
  expect(JSON.stringify(patch)).not.toContain('resourceVersion');
});

it('an empty wish is nothing to do', () => {
  expect(serviceStatusPatch(view(['a/x']), {}, now)).toBeUndefined();
});

it('is undefined exactly when the wish is true already', () => {
  const type = fc.constantFrom('a/A', 'b/B');
  const condition = fc.record({
    type,
    status: fc.constantFrom('True' as const, 'False' as const),
    reason: fc.constant('R'),
    message: fc.constantFrom('m', 'n'),
  });
  const conditions = fc.uniqueArray(condition, { selector: (one) => one.type });
  const ingress = fc.array(
    fc.constantFrom('192.0.2.1', '192.0.2.2').map((text) => ({ ip: ip(text) })),
    { maxLength: 2 },
  );
  fc.assert(
    fc.property(conditions, conditions, ingress, ingress, (have, want, from, to) => {
      const patch = serviceStatusPatch(view([], from, have), { conditions: want, ingress: to }, now);
      const there = want.every((one) => have.some((other) => JSON.stringify(one) === JSON.stringify(other)));
      expect(patch === undefined).toBe(there && JSON.stringify(from) === JSON.stringify(to));
    }),
  );
});
