import { describe, expect, it } from 'vitest';
import { LbError } from '../../src/errors.ts';
import type { Json } from '../../src/model/json.ts';
import { marksOf } from '../../src/model/owner.ts';
import { digestOf } from '../../src/model/digest.ts';
import { cloudId } from '../../src/model/ids.ts';
import { emptyState, type LoadBalancerRecord, type State } from './state.ts';
import { parseState, printState } from './state-text.ts';
import { defaultSettings, recordedSettings } from './settings.ts';
import { ip, listener, owner } from './test-bed.ts';

const digest = digestOf('members');
const record: LoadBalancerRecord = {
  id: cloudId('lb-1'),
  marks: marksOf(owner()),
  scheme: 'public',
  addresses: [ip('127.80.0.129')],
  listeners: [{ id: listener('TCP', 80, 30080).id, nodePort: 30080, healthCheck: { kind: 'cluster' } }],
  members: digest,
  sourceRanges: [],
  affinity: { kind: 'none' },
  settings: recordedSettings(defaultSettings),
};
const state: State = {
  created: 2,
  loadBalancers: [record],
  memberSets: { [digest]: [{ node: 'n1', addresses: { IPv4: ip('10.0.0.1') } }] },
};

/** The text with one load balancer's fields replaced. */
const withRecord = (change: Record<string, Json>): string => {
  const file = JSON.parse(printState(state)) as { loadBalancers: object[] }; // printed a line above
  return JSON.stringify({ ...file, loadBalancers: file.loadBalancers.map((each) => ({ ...each, ...change })) });
};

describe('the text of the state', () => {
  it('is the same for the same state, however it was put together', () => {
    const marks = Object.fromEntries(Object.entries(record.marks).toReversed());
    expect(printState({ ...state, loadBalancers: [{ ...record, marks }] })).toBe(printState(state));
    expect(printState(parseState(printState(state), 'f'))).toBe(printState(state));
    const rich: LoadBalancerRecord = {
      ...record,
      addresses: [...record.addresses, ip('fd00:80::1')],
      added: { 'fd00:80::1': 2 },
      settings: { ...record.settings, proxyProtocol: 2 },
    };
    expect(parseState(printState({ ...state, loadBalancers: [rich] }), 'f').loadBalancers).toEqual([rich]);
    expect(printState(emptyState)).toBe('{"version":1,"created":0,"loadBalancers":[\n\n],"memberSets":{\n\n}}\n');
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"version": 1'],
    ["another program's JSON", '{"kind":"Config"}'],
    ['a later version', JSON.stringify({ version: 2, created: 0, loadBalancers: [], memberSets: {} })],
    ['a field nobody knows', withRecord({ weight: 1 })],
    ['an address that is none', withRecord({ addresses: ['127.80.0'] })],
    ['a range that is none', withRecord({ sourceRanges: ['10.0.0.0/33'] })],
    ['no address', withRecord({ addresses: [] })],
    ['an address twice', withRecord({ addresses: ['127.80.0.129', '127.80.0.129'] })],
    ['the number of an address that is not there', withRecord({ added: { '127.80.0.130': 2 } })],
    ['the number of an address that was never given', withRecord({ added: { '127.80.0.129': 3 } })],
    ['a version of the PROXY protocol that is none', withRecord({ settings: { drainTimeout: 0, udpIdleTimeout: 1, proxyProtocol: 3 } })],
    ['a protocol it does not serve', withRecord({ listeners: [{ id: 'SCTP/80', nodePort: 30080, healthCheck: { kind: 'cluster' } }] })],
    ['a null', withRecord({ listeners: null })],
    ['an id never given', withRecord({ id: 'lb-3' })],
    ['a member set that is not there', withRecord({ members: 'ffff' })],
    ['marks that name no owner', withRecord({ marks: { 'portolan.dev/cluster': 'cluster-1' } })],
  ])('is refused whole where it holds %s', (_, text) => {
    const parse = () => parseState(text, '/var/lib/state.json');
    expect(parse).toThrow(LbError);
    expect(parse).toThrow(/^\[StateFileInvalid\] \/var\/lib\/state\.json is not a state file of this provider .*nothing was changed/);
  });

  it('is refused where two load balancers share an id or an address, or one has a listener twice', () => {
    const twice = (change: Partial<LoadBalancerRecord>) => printState({ ...state, loadBalancers: [record, { ...record, ...change }] });
    expect(() => parseState(twice({ addresses: [ip('127.80.0.130')] }), 'f')).toThrow('the id lb-1');
    expect(() => parseState(twice({ id: cloudId('lb-2') }), 'f')).toThrow('the address 127.80.0.129');
    const listeners = [...record.listeners, ...record.listeners];
    expect(() => parseState(printState({ ...state, loadBalancers: [{ ...record, listeners }] }), 'f')).toThrow('a listener twice');
  });

  it('keeps what was released and what is another cluster’s', () => {
    const released: State = { ...state, loadBalancers: [{ ...record, marks: {} }] };
    expect(parseState(printState(released), 'f')).toEqual(released);
  });
});
