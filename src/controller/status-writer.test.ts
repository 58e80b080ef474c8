import { expect, it } from 'vitest';
import { aService } from '../../test/builders/views.ts';
import { ManualClock } from '../clock.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { serviceLoadBalancer } from '../model/ids.ts';
import type { ServiceView } from '../model/service-view.ts';
import { approveAnnotation, newKeyState, statusAsWritten } from './key-state.ts';
import { StatusWriter } from './status-writer.ts';

const writer = (patchStatus: (service: ServiceView) => ServiceView | undefined) =>
  new StatusWriter({
    conditionPatches: true,
    api: { patchStatus: (service) => Promise.resolve(patchStatus(service)) },
    clock: new ManualClock(),
    checkpoint: noCheckpoint,
    fence: () => {},
  });
const stateOf = (service: ServiceView) => newKeyState(serviceLoadBalancer(service.uid), service);

it('does not put an old version back where the watch brought an edit before our own answer came', async () => {
  const state = stateOf(aService({ resourceVersion: '1' }));
  const edited = aService({ resourceVersion: '3', annotations: { [approveAnnotation]: 'abc' } });
  const slow = writer(() => {
    state.view = edited;
    return aService({ resourceVersion: '2', finalizers: ['f'] });
  });

  expect(await slow.write(state, { addFinalizer: 'f' }, 'begin')).toBe('written');
  expect(state.view).toBe(edited);
});

it('takes the answer over where it is the newest there is', async () => {
  const state = stateOf(aService({ resourceVersion: '1' }));
  const after = aService({ resourceVersion: '2', finalizers: ['f'] });

  await writer(() => after).write(state, { addFinalizer: 'f' }, 'begin');

  expect(state.view).toBe(after);
});

it('knows that the Service is gone', async () => {
  const state = stateOf(aService());
  expect(await writer(() => undefined).write(state, { addFinalizer: 'f' }, 'begin')).toBe('gone');
  expect(state.vanished).toBe(true);
});

it('does not wait for a condition to come back that somebody took off and nobody wishes any more', async () => {
  const state = stateOf(aService());
  const condition = { type: 'LoadBalancerPortsError', status: 'False', reason: 'PortsServed', message: 'm' } as const;
  await writer(() => aService({ resourceVersion: '2', conditions: [condition] })).write(state, { conditions: [condition] }, 'status');
  state.view = aService({ resourceVersion: '3' });
  expect(statusAsWritten(state, state.view)).toBe(false);

  await writer(() => undefined).write(state, { conditions: [] }, 'status');
  expect(statusAsWritten(state, state.view)).toBe(true);
});
