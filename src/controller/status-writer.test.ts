import { expect, it } from 'vitest';
import { aService } from '../../test/builders/views.ts';
import { ManualClock } from '../clock.ts';
import { noCheckpoint } from '../model/checkpoint.ts';
import { serviceLoadBalancer } from '../model/ids.ts';
import { newKeyState } from './key-state.ts';
import { StatusWriter } from './status-writer.ts';

it('keeps an edit that the watch told before the answer to the patch came', async () => {
  const service = aService({ resourceVersion: '1' });
  const state = newKeyState(serviceLoadBalancer(service.uid), service);
  const edited = aService({ resourceVersion: '3', loadBalancerIP: '192.0.2.7' });
  const writer = new StatusWriter({
    clock: new ManualClock(),
    checkpoint: noCheckpoint,
    fence: () => {},
    api: {
      patchStatus: () => {
        state.view = edited;
        return Promise.resolve(aService({ resourceVersion: '2', finalizers: ['portolan.dev/lb.toy'] }));
      },
    },
  });

  expect(await writer.write(state, { addFinalizer: 'portolan.dev/lb.toy' }, 'begin')).toBe('written');
  expect(state.view).toBe(edited);
});
