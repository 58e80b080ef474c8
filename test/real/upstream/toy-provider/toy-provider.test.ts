import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listenerId, serviceLoadBalancer, serviceUid } from '../../../../src/model/ids.ts';
import type { Frozen, Gone, LoadBalancerSpec, Want } from '../../../../src/model/spec.ts';
import { spec } from '../../../../providers/external/test-bed.ts';
import { sandbox, type Place } from './place.ts';
import { ToyProvider } from './toy-provider.ts';

let folder: string;
let place: Place;
let provider: ToyProvider;
const cluster = spec().owner.clusterId;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-toy-'));
  place = sandbox(folder);
  provider = new ToyProvider(place, cluster);
});
afterEach(() => rmSync(folder, { recursive: true }));

const [first] = spec().listeners;
if (first === undefined) throw new Error('the spec of the tests has a listener');
const members = [{ node: 'n1', addresses: {} }];

/** Carries out what is planned; says what that was, and that nothing is left. */
async function pass(want: Want<unknown>): Promise<readonly string[]> {
  const { steps } = provider.plan(want, await provider.observe(want, 0));
  for (const step of steps) await provider.apply(step);
  expect(provider.plan(want, await provider.observe(want)).steps).toEqual([]);
  return steps.map(({ id }) => id);
}

const gone = (leave: Gone<unknown>['leave']): Gone<unknown> => ({ gone: true, owner: spec().owner, leave });

it('makes, edits and takes away; afterwards nothing is left to do', async () => {
  const udp = { ...first, id: listenerId('UDP', 53), protocol: 'UDP' as const, port: 53 };
  const story: readonly (readonly [LoadBalancerSpec<unknown>, readonly string[]])[] = [
    [spec(), ['load-balancer/create']],
    [spec({ members }), ['lb-1/members']],
    [spec({ members, listeners: [first, udp] }), ['lb-1/UDP/53/create']],
    [spec({ members, listeners: [first, { ...udp, nodePort: 31_053 }] }), ['lb-1/UDP/53/node-port']],
    [
      spec({ members, listeners: [{ ...first, healthCheck: { kind: 'local', port: 32_000 } }] }),
      [`lb-1/${first.id}/health-check`, 'lb-1/UDP/53/delete'],
    ],
  ];
  for (const [want, expected] of story) expect(await pass(want)).toEqual(expected);
  expect(provider.report(spec(), await provider.observe(spec()))).toMatchObject({ id: 'lb-1', ingress: [{ ip: '100.64.0.1' }] });

  expect(await pass(gone('nothing'))).toEqual(['lb-1/delete']);
  expect(await pass(spec())).toEqual(['load-balancer/create']);
  expect(provider.report(spec(), await provider.observe(spec()))).toMatchObject({ id: 'lb-2' });
});

it('changes members and node ports of a frozen one, and nothing else', async () => {
  await pass(spec());
  const nodePorts = [{ id: first.id, nodePort: 31_999 }];
  const frozen: Frozen = { frozen: true, owner: spec().owner, members, membersDigest: spec().membersDigest, nodePorts };

  expect(provider.plan(frozen, await provider.observe(frozen)).steps.every(({ membersOnly }) => membersOnly)).toBe(true);
  expect(await pass(frozen)).toEqual(['lb-1/members', `lb-1/${first.id}/node-port`]);
});

it('leaves a released one as it stands, without marks, and makes another', async () => {
  await pass(spec());
  expect(await pass(gone('everything'))).toEqual(['lb-1/release']);
  await pass(spec());

  const { things } = await provider.inventory(undefined);
  expect(things).toMatchObject([
    { id: 'lb-1', foreign: { marks: {} } },
    { id: 'lb-2', key: spec().owner.key },
  ]);
});

it('finds everything again in another process, and touches nothing of another cluster', async () => {
  await pass(spec());
  provider = new ToyProvider(sandbox(folder), cluster);
  expect(await pass(spec())).toEqual([]);

  const other = { ...spec().owner, key: serviceLoadBalancer(serviceUid('other')) };
  const [step] = provider.plan(spec({ owner: other }), { balancer: null }).steps;
  const theirs = new ToyProvider(place, 'another-cluster');
  await expect(theirs.apply(step ?? expect.unreachable())).rejects.toMatchObject({ code: 'ForeignResource' });
});
