import { describe, expect, it } from 'vitest';
import type { PassResult } from '../engine/pass.ts';
import { LbError } from '../errors.ts';
import { fieldPath, listenerId, stepId } from '../model/ids.ts';
import type { AnyStep } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import { parseIp, type IpAddress } from '../net/ip.ts';
import { conditionsFor, heldSentence, ingressFor, isPassing, type Findings } from './conditions.ts';

const [tcp80, udp53] = [listenerId('TCP', 80), listenerId('UDP', 53)];
const ip = parseIp('192.0.2.1') as IpAddress; // is one
const report: Report = { ingress: [{ ip }], listeners: [{ id: tcp80, state: 'serving' }], notices: [] };
const result = (more: Partial<PassResult>): PassResult => ({
  outcome: 'finished',
  held: [],
  refusals: [],
  runs: [],
  membersDone: true,
  report,
  ...more,
});
const said = (findings: Partial<Findings>) =>
  Object.fromEntries(
    conditionsFor({ refusals: [], notices: [], appliedBefore: false, ...findings }).map(({ type, status, reason }) => [
      type.replace('portolan.dev/', ''),
      `${status} ${reason}`,
    ]),
  );

describe('conditions', () => {
  it('say that all is well', () => {
    expect(said({ pass: result({}) })).not.toHaveProperty('LoadBalancerPortsError');
    expect(said({ pass: result({}), hadPortsError: true })).toEqual({
      Accepted: 'True Accepted',
      Programmed: 'True Programmed',
      Degraded: 'False AsExpected',
      LoadBalancerPortsError: 'False PortsServed',
    });
  });

  it('name cause, field and remedy of a refusal, each once', () => {
    const refusal = { reason: 'AddressOutOfRange', text: '78.11.24.19 lies in no range', field: fieldPath('spec.loadBalancerIP') } as const;
    const [accepted] = conditionsFor({ refusals: [refusal], notices: [], appliedBefore: false });

    expect(accepted).toMatchObject({ status: 'False', reason: 'AddressOutOfRange' });
    expect(accepted?.message).toBe(
      'spec.loadBalancerIP: 78.11.24.19 lies in no range. Ask for an address of a configured range, or remove the request.',
    );
    expect(said({ refusals: [refusal] })).toMatchObject({ Programmed: 'False AddressOutOfRange' });
  });

  it('carry the code that approves a loss', () => {
    const held = {
      reason: 'ApprovalRequired',
      code: 'abc123',
      disruption: 'changes-address',
      claim: { loses: ['192.0.2.1'], because: [{ field: fieldPath('scheme'), from: 'public', to: '' }] },
      steps: [],
    } as const;

    expect(heldSentence(held)).toBe(
      'This would lose 192.0.2.1 because of scheme: public → (unset). To allow it set the annotation portolan.dev/approve: "abc123"; else undo the change.',
    );
    expect(said({ pass: result({ outcome: 'held', held: [held] }) })).toMatchObject({
      Accepted: 'True Accepted',
      Programmed: 'False ApprovalRequired',
    });
  });

  it('say which port is not served, and why', () => {
    const broken: Report = {
      ...report,
      listeners: [
        { id: udp53, state: 'serving' },
        { id: tcp80, state: 'failed', reason: 'PortNotPermitted', text: 'port 80 may not be opened' },
      ],
    };
    const wishes = conditionsFor({ refusals: [], notices: [], appliedBefore: false, pass: result({ report: broken }) });

    expect(wishes.find(({ type }) => type === 'portolan.dev/Programmed')).toMatchObject({ status: 'False', reason: 'PortNotPermitted' });
    expect(wishes.find(({ type }) => type === 'LoadBalancerPortsError')?.message).toMatch(
      /^TCP\/80: port 80 may not be opened\. Run as root/,
    );
    expect(ingressFor(broken, { refusals: [] })).toEqual([
      {
        ip,
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 80, error: 'portolan.dev/PortNotPermitted' },
        ],
      },
    ]);
  });

  it('call a load balancer programmed while only the old address is being handed over', () => {
    expect(said({ pass: result({ outcome: 'waiting', wait: { reason: 'Handover', text: 't' } }) })).toMatchObject({
      Programmed: 'True Programmed',
    });
    expect(said({ pass: result({ outcome: 'waiting', wait: { reason: 'Settling', text: 't' } }) })).toMatchObject({
      Programmed: 'False Settling',
    });
    expect(said({ pass: result({ report: { ...report, listeners: [{ id: tcp80, state: 'pending' }] } }) })).toMatchObject({
      Programmed: 'False Pending',
    });
  });

  it('leave Programmed alone when only members, or only a look, failed', () => {
    const error = new LbError('CloudUnavailable', 'down');
    const step = (more: object) => ({ id: stepId('s'), disruption: 'none', ...more }) as unknown as AnyStep; // only what is looked at
    const failed = (more: object) => result({ outcome: 'failed', error, runs: [{ step: step(more), outcome: 'failed', error }] });

    expect(said({ pass: failed({ membersOnly: true }), appliedBefore: true })).not.toHaveProperty('Programmed');
    expect(said({ pass: failed({}), appliedBefore: true })).toMatchObject({
      Programmed: 'False CloudUnavailable',
      Degraded: 'True CloudUnavailable',
    });
    expect(said({ pass: result({ outcome: 'failed', error }), appliedBefore: true })).not.toHaveProperty('Programmed');
    expect(said({ error, appliedBefore: true })).not.toHaveProperty('Programmed');
    expect(said({ error, appliedBefore: true })).toMatchObject({ Degraded: 'True CloudUnavailable' });
    expect(said({ error })).toMatchObject({ Programmed: 'False CloudUnavailable' });
    expect(said({})).toMatchObject({ Programmed: 'False Pending' });
  });

  it('show in plan-only mode what would be done', () => {
    const step = { id: stepId('s'), summary: 'create a balancer' } as unknown as AnyStep; // only what is shown
    const planned = conditionsFor({
      refusals: [],
      notices: [],
      appliedBefore: false,
      pass: result({ outcome: 'planned', plan: { steps: [step], refusals: [] } }),
    });
    expect(planned[1]).toMatchObject({ status: 'False', reason: 'PlanOnly', message: 'Would be done: create a balancer.' });
    expect(said({ pass: result({ outcome: 'planned', plan: { steps: [], refusals: [] } }) })).toMatchObject({
      Programmed: 'True Programmed',
    });
    expect(
      said({
        pass: {
          ...result({ outcome: 'planned', plan: { steps: [], refusals: [] } }),
          report: { ...report, listeners: [{ id: tcp80, state: 'pending' }] },
        },
      }),
    ).toMatchObject({ Programmed: 'False Pending' });
  });

  it('degrade by notices of the Service and of health, never by information', () => {
    const notice = (kind: 'health' | 'service' | 'info') => ({ reason: 'NoHealthyMember', text: 'nobody answers', kind }) as const;
    expect(said({ pass: result({}), notices: [notice('info')] })).toMatchObject({ Degraded: 'False AsExpected' });
    expect(said({ pass: result({}), notices: [notice('service')] })).toMatchObject({ Degraded: 'True NoHealthyMember' });
  });

  it('use upstream’s condition for protocols that cannot be mixed, and mark the port', () => {
    const refusal = { reason: 'LoadBalancerMixedProtocolNotSupported', text: 'TCP and UDP', listener: udp53 } as const;
    expect(said({ refusals: [refusal] })).toMatchObject({ LoadBalancerPortsError: 'True LoadBalancerMixedProtocolNotSupported' });
    const both = { ...report, listeners: [...report.listeners, { id: udp53, state: 'pending' as const }] };
    expect(ingressFor(both, { refusals: [refusal] })?.[0]?.ports?.[1]).toEqual({
      protocol: 'UDP',
      port: 53,
      error: 'LoadBalancerMixedProtocolNotSupported',
    });
  });

  it('list every port of the Service: what is not served, with what stands in its way', () => {
    const refusals = [
      { reason: 'InvalidSetting', text: 'not about a port' },
      { reason: 'UnsupportedProtocol', text: 'no UDP', listener: udp53 },
    ] as const;
    const asked = [udp53, tcp80, listenerId('TCP', 443)];

    expect(ingressFor(report, { refusals, asked })?.[0]?.ports).toEqual([
      { protocol: 'TCP', port: 80 },
      { protocol: 'UDP', port: 53, error: 'portolan.dev/UnsupportedProtocol' },
      { protocol: 'TCP', port: 443, error: 'portolan.dev/InvalidSetting' },
    ]);
    const held = { reason: 'ApprovalRequired', code: 'c', disruption: 'destroys', claim: { loses: [], because: [] }, steps: [] } as const;
    expect(ingressFor(report, { refusals: [], held: [held], asked: [udp53] })?.[0]?.ports?.[1]).toMatchObject({
      error: 'portolan.dev/ApprovalRequired',
    });
    expect(ingressFor(report, { refusals: [], asked })?.[0]?.ports).toHaveLength(1);
  });

  it('keep what status says where the provider does not know, and what a provider says of ports', () => {
    expect(ingressFor({ ...report, ingress: 'unknown' }, { refusals: [] })).toBeUndefined();
    expect(ingressFor(undefined, { refusals: [] })).toBeUndefined();
    expect(ingressFor({ ...report, ingress: [{ ip, ports: [] }] }, { refusals: [] })).toEqual([{ ip, ports: [] }]);
  });

  it('never grow beyond what can be read, and are one line', () => {
    const refusal = { reason: 'InvalidSetting', text: `${'x'.repeat(3000)}\n\nsecond line` } as const;
    const [accepted] = conditionsFor({ refusals: [refusal], notices: [], appliedBefore: false });
    expect(accepted?.message.length).toBeLessThanOrEqual(1024);
    expect(accepted?.message).not.toContain('\n');
  });

  it('tell what passes by itself from what does not', () => {
    expect(isPassing({ type: 't', status: 'False', reason: 'Pending', message: '' })).toBe(true);
    expect(isPassing({ type: 't', status: 'True', reason: 'Pending', message: '' })).toBe(false);
    expect(isPassing({ type: 't', status: 'False', reason: 'CloudUnavailable', message: '' })).toBe(false);
  });
});
