import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memorySimulation } from '../../../test/fixtures/memory-simulation.ts';
import { perform } from '../actions.ts';
import type { Check } from '../case.ts';
import { Rig } from '../rig.ts';
import { evaluate } from './checks.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open({ simulate: memorySimulation(), seed: 1 });
});
afterEach(() => rig.close());
const seen = async (check: Check) => evaluate(rig, check);

const trueOfNothing = (service: string): readonly Check[] => [
  { check: 'condition', type: 'Accepted', status: 'absent', service },
  { check: 'ingress', count: 0, service },
  { check: 'object', at: '/spec/loadBalancerIP', absent: true, service },
  { check: 'finalizer', present: false, service },
];

describe('a sentence that is true of what is not there', () => {
  const alsoOfGone: readonly Check[] = [
    { check: 'object-gone', gone: true, service: 'nobody' },
    { check: 'events', exactly: [], service: 'nobody' },
    { check: 'left-alone', service: 'nobody' },
    { check: 'order', of: [], service: 'nobody' },
    { check: 'patches', service: 'nobody' },
    { check: 'owned', none: true, service: 'nobody' },
  ];
  it.each([...trueOfNothing('nobody'), ...alsoOfGone])('is wrong of a Service that never was: $check', async (check) => {
    await expect(seen(check)).rejects.toThrow('there never was a Service one/default/nobody');
  });

  it.each(trueOfNothing('web'))('and of the object of one that is gone: $check', async (check) => {
    await perform(rig, { do: 'create', service: 'web', spec: { type: 'ClusterIP' } });
    expect(await seen(check)).toBeUndefined();
    await perform(rig, { do: 'delete', service: 'web' });
    expect(await seen(check)).toBe('the Service is gone');
    expect(await seen({ check: 'object-gone', gone: true, service: 'web' })).toBeUndefined();
  });

  it('is wrong of one that was looked at before it went', async () => {
    await perform(rig, { do: 'create', service: 'web' });
    await rig.rest(1_000);
    await perform(rig, { do: 'delete', service: 'web' });
    await rig.rest(1_000);
    expect(rig.cluster().object('default', 'web')).toBeUndefined();
    // Its writes and events forgotten, the calls are still told.
    rig.trace.entries.splice(0, rig.trace.entries.length, ...rig.trace.entries.filter(({ kind }) => kind === 'call'));
    expect(await seen({ check: 'left-alone', service: 'web' })).toContain('the provider was called');
  });

  it('is wrong where nothing was planned, and where no report says what is served', async () => {
    await perform(rig, { do: 'create', service: 'inside', spec: { type: 'ClusterIP' } });
    await perform(rig, { do: 'create', service: 'web' });
    await rig.rest(1_000);
    expect(await seen({ check: 'planned', where: {}, count: 0, service: 'inside' })).toBe('nothing was planned');
    expect(await seen({ check: 'settled', service: 'web' })).toBeUndefined();
    const others = rig.trace.entries.filter((entry) => entry.kind !== 'call' || entry.verb !== 'report');
    rig.trace.entries.splice(0, rig.trace.entries.length, ...others);
    expect(await seen({ check: 'settled', service: 'web' })).toBe('not serving: TCP/80');
  });
});
