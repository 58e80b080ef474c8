import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { elbOperations } from './operations.ts';
import { changeMs, readMs, SdkRequests } from './sdk-requests.ts';

const [read, change] = [{ operation: elbOperations.listeners }, { operation: elbOperations.createListener }];

function rig() {
  const clock = new ManualClock();
  return { clock, requests: new SdkRequests({ reads: 'reads', writes: 'writes' }, clock) };
}
const never = () => new Promise<never>(() => {});

it('changes go by the client that sends once', async () => {
  const { requests } = rig();
  const options = { signal: new AbortController().signal };

  expect(await requests.one(read, options, (client) => Promise.resolve(client))).toBe('reads');
  expect(await requests.one(change, options, (client) => Promise.resolve(client))).toBe('writes');
});

it('a request ends in its time, also where nobody looks at its signal; a change is over before the lease is', async () => {
  const { clock, requests } = rig();
  const options = { signal: new AbortController().signal };
  const signals: AbortSignal[] = [];
  const send = (_client: string, { abortSignal }: { readonly abortSignal: AbortSignal }) => {
    signals.push(abortSignal);
    return never();
  };
  const [slowChange, slowRead] = [requests.one(change, options, send), requests.one(read, options, send)];
  slowRead.catch(() => undefined);
  slowChange.catch(() => undefined);

  clock.advance(changeMs);
  await expect(slowChange).rejects.toMatchObject({ code: 'OutcomeUnknown', verdict: 'in-doubt' });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  clock.advance(readMs - changeMs);
  await expect(slowRead).rejects.toMatchObject({ code: 'CloudUnavailable' });

  expect(changeMs).toBeLessThan(10_000);
  expect(clock.nextDueMs()).toBeUndefined();
});

it('a request ends with its signal', async () => {
  const { clock, requests } = rig();
  const process = new AbortController();
  const asked = requests.one(change, { signal: process.signal }, never);
  asked.catch(() => undefined);

  process.abort(new Error('the process is ending'));

  await expect(asked).rejects.toMatchObject({ code: 'OutcomeUnknown' });
  await expect(requests.one(read, { signal: process.signal }, never)).rejects.toMatchObject({ code: 'CloudUnavailable' });
  expect(clock.nextDueMs()).toBeUndefined();
});

it('leaves nothing behind on a signal that lives for long', async () => {
  const { clock, requests } = rig();
  const { signal } = new AbortController();
  const refused = () => Promise.reject(Object.assign(new Error('no'), { name: 'ListenerNotFound', $metadata: {} }));

  await requests.one(read, { signal }, () => Promise.resolve('answer'));
  await expect(requests.one(read, { signal }, refused)).rejects.toMatchObject({ code: 'NotFound' });

  expect([getEventListeners(signal, 'abort'), clock.nextDueMs()]).toEqual([[], undefined]);
});
