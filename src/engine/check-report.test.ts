import { expect, it } from 'vitest';
import { goneFor, specFor } from '../../test/fixtures/specs.ts';
import { listenerId } from '../model/ids.ts';
import type { ListenerReport, Report } from '../model/report.ts';
import { parseIp } from '../net/ip.ts';
import { checkReport } from './check-report.ts';
import { frozenOfSpec } from './judge.ts';

const serving = (port: number): ListenerReport => ({ id: listenerId('TCP', port), state: 'serving' });
const ip = parseIp('192.0.2.1');
const right: Report = { ingress: ip === undefined ? [] : [{ ip }], listeners: [serving(80)], notices: [] };

it.each<[string, Partial<Report>, string]>([
  ['says nothing of a listener', { listeners: [] }, 'nothing of TCP/80'],
  ['speaks of another listener', { listeners: [serving(9)] }, 'nothing of TCP/80'],
  ['speaks of one listener more', { listeners: [serving(80), serving(9)] }, 'more than the listeners asked for: TCP/80, TCP/9'],
  ['speaks of a listener twice', { listeners: [serving(80), serving(80)] }, 'more than the listeners asked for: TCP/80'],
  [
    'has a word of its own for a state',
    { listeners: [{ id: listenerId('TCP', 80), state: 'fine' as 'serving' }] }, // what an honest provider's types forbid
    'a state of TCP/80 that there is none',
  ],
  ['has an address that is none', { ingress: [{}] }, 'an ingress without address and host name'],
])('a report that %s breaks the contract', (_, wrong, text) => {
  const broken = expect.objectContaining({ code: 'ProviderBug', text: `the report says ${text}` });
  expect(() => checkReport({ ...right, ...wrong }, specFor())).toThrow(broken);
});

it('a report that keeps the contract is handed on', () => {
  expect(checkReport(right, specFor())).toBe(right);
  for (const state of ['pending', 'failed'] as const) {
    const unknown: Report = { ...right, ingress: 'unknown', listeners: [{ id: listenerId('TCP', 80), state }] };
    expect(checkReport(unknown, specFor())).toBe(unknown);
  }
});

it('what is frozen or gone has the listeners it has', () => {
  for (const want of [frozenOfSpec(specFor()), goneFor()]) {
    for (const listeners of [[], [serving(9)]]) {
      const report = { ...right, listeners };
      expect(checkReport(report, want)).toBe(report);
    }
  }
});
