import { describe, expect, it } from 'vitest';
import type { ListenerRecord } from '../simulator/amazon-state.ts';
import { listener, spec, TestBed } from '../test-bed.ts';

const memory = Number.POSITIVE_INFINITY;
const tls = (certificates: string, more: Readonly<Record<string, string>> = {}) => spec({}, { 'ssl-cert': certificates, ...more });
const shown = (bed: TestBed): ListenerRecord | undefined => [...bed.region.state.listeners.values()][0];

describe('the certificates of a listener', () => {
  it('are all served by one that becomes TLS, also when nobody has looked at it since the start', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(spec());
    await bed.restart();
    const { failed, again } = await bed.pass(tls('arn:cert/1,arn:cert/2'));
    expect([failed, again.steps]).toEqual([[], []]);
    expect(shown(bed)).toMatchObject({ certificate: 'arn:cert/1', extraCertificates: ['arn:cert/2'] });
  });

  it('come back, with the policies, where TLS went meanwhile', async () => {
    const bed = await new TestBed().startWithUnit();
    const want = tls('arn:cert/1,arn:cert/2', { 'alpn-policy': 'HTTP2Preferred' });
    await bed.pass(want);
    await bed.pass(spec(), memory);
    const { failed, again } = await bed.pass(want, memory);
    expect([failed, again.steps]).toEqual([[], []]);
    expect(shown(bed)).toMatchObject({ protocol: 'TLS', alpnPolicy: 'HTTP2Preferred', extraCertificates: ['arn:cert/2'] });
  });

  it('change places: the new default one is taken off nowhere', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(tls('arn:cert/1,arn:cert/2'));
    for (const maxAgeMs of [memory, 0]) {
      const { failed, again } = await bed.pass(tls('arn:cert/2,arn:cert/1'), maxAgeMs);
      expect([failed, again.steps]).toEqual([[], []]);
    }
    expect(shown(bed)).toMatchObject({ certificate: 'arn:cert/2', extraCertificates: ['arn:cert/1'] });
  });

  it('are added before others are taken away', async () => {
    const bed = await new TestBed().startWithUnit();
    await bed.pass(tls('arn:cert/1,arn:cert/2'));
    const { ran, plan, again } = await bed.pass(tls('arn:cert/1,arn:cert/3'));
    expect(ran).toEqual(['listener/80/add-certificates', 'listener/80/remove-certificates']);
    expect(plan.steps.map(({ disruption }) => disruption)).toEqual(['none', 'none']);
    expect([again.steps, shown(bed)?.extraCertificates]).toEqual([[], ['arn:cert/3']]);
  });
});

describe('the protocol of a listener', () => {
  it('changes where it stands, forwards to a target group of its own kind, and is claimed', async () => {
    const bed = await new TestBed().startWithUnit();
    const udp = spec({ listeners: [listener('UDP', 80, 30_080)] });
    await bed.pass(spec());
    const before = shown(bed);
    const { plan, failed, again } = await bed.pass(udp);
    expect([failed, again.steps]).toEqual([[], []]);
    expect(shown(bed)).toMatchObject({ arn: before?.arn, protocol: 'UDP' });
    expect(plan.steps.find(({ op }) => op.do === 'set-listener')).toMatchObject({
      disruption: 'drops-connections',
      claim: {
        loses: [`listener TCP/80 (${before?.arn ?? ''})`],
        because: [{ field: 'spec.ports', from: 'TCP', to: 'UDP' }],
      },
    });
  });

  it('takes its attributes along, and they come back with it', async () => {
    const bed = await new TestBed().startWithUnit();
    const idle = spec({}, { 'listener-attributes.TCP-80': 'tcp.idle_timeout.seconds=600' });
    await bed.pass(idle);
    await bed.pass(spec({ listeners: [listener('UDP', 80, 30_080)] }), memory);
    // What becomes TCP has what Amazon gives it, which is looked at first.
    for (let pass = 0; pass < 2; pass++) await bed.pass(idle, memory);
    expect(shown(bed)).toMatchObject({ protocol: 'TCP', attributes: { 'tcp.idle_timeout.seconds': '600' } });
  });
});

it('a listener that is not asked for any more goes last, and what forwarded to it with it', async () => {
  const bed = await new TestBed().startWithUnit();
  await bed.pass(spec({ listeners: [listener('TCP', 80, 30_080), listener('TCP', 81, 30_081)] }));
  const { ran, plan, again } = await bed.pass(spec({ listeners: [listener('TCP', 80, 30_080), listener('TCP', 82, 30_082)] }));
  const kinds = plan.steps.filter(({ id }) => ran.includes(id)).map(({ op }) => op.do);
  expect([again.steps, new Set(kinds)]).toEqual([
    [],
    new Set(['authorize', 'create-target-group', 'register', 'create-listener', 'delete-listener', 'delete-target-group', 'revoke']),
  ]);
  expect(ran.indexOf('listener/81/delete' as never)).toBeGreaterThan(ran.indexOf('listener/82/create' as never)); // ids of the plan
  expect(plan.steps.find(({ op }) => op.do === 'delete-listener')).toMatchObject({
    disruption: 'drops-connections',
    claim: { because: [{ field: 'spec.ports', from: 'TCP/81', to: '' }] },
  });
});
