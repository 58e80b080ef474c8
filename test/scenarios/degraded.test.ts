import { afterEach, beforeEach, expect, it } from 'vitest';
import { Rig } from '../../src/conformance/rig.ts';
import { memorySimulation } from '../fixtures/memory-simulation.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open({ simulate: memorySimulation(), seed: 1 });
  await rig.cluster().create('default', 'web', {});
  await rig.rest(5_000);
});
afterEach(() => rig.close());

const degraded = (): string => {
  const found = rig
    .cluster()
    .view('default', 'web')
    ?.conditions.find(({ type }) => type === 'portolan.dev/Degraded');
  return `${found?.status} ${found?.reason}`;
};

it('what a provider that did not start made of a Service is taken back as soon as it starts', async () => {
  rig.install().faults.add({ verb: 'start', fault: 'error', times: 1 });
  await rig.stop();
  await rig.start();
  expect(degraded()).toBe('True ProviderUnavailable');

  await rig.rest(10_000);
  expect(degraded()).toBe('False AsExpected');
});

it('what a failed look made of a Service is taken back by the next process', async () => {
  rig.install().faults.add({ verb: 'observe', fault: 'error' });
  await rig.rest(600_000);
  expect(degraded()).toBe('True CloudUnavailable');
  rig.crash();
  rig.install().faults.clear();

  await rig.start();
  await rig.rest(30_000);
  expect(degraded()).toBe('False AsExpected');
});

it('what the Service itself is degraded by costs no look after a restart', async () => {
  await rig
    .cluster()
    .patch('default', 'web', { metadata: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-nonsense': 'x' } } });
  await rig.rest(5_000);
  expect(degraded()).toBe('True UnknownSetting');
  await rig.stop();
  const from = rig.trace.entries.length;

  await rig.start();
  await rig.rest(5_000);
  expect(degraded()).toBe('True UnknownSetting');
  expect(rig.trace.calls(from).map(({ verb }) => verb)).toEqual(['start', 'inventory']);
});
