import { expect, test } from 'vitest';
import { ManualClock, settle } from '../../../src/clock.ts';
import { openTap } from './watch-tap.ts';

const plain = '/api/v1/services?watch=true&resourceVersion=5&timeoutSeconds=300';
const line = (resourceVersion: string) => JSON.stringify({ type: 'MODIFIED', object: { metadata: { name: 'web', resourceVersion } } });

function opened(clock = new ManualClock(), path = plain) {
  const ends: string[] = [];
  const tap = openTap({ path, clock, onChange: () => {}, onEnd: () => ends.push('ended') });
  const read: string[] = [];
  const reading = (async () => {
    for await (const text of tap.events) read.push(text);
  })();
  return { tap, read, reading, ends, clock };
}

test('says how far its reader has got', async () => {
  const { tap, read } = opened();
  expect(tap).toMatchObject({ resource: 'services', delivered: 5 });

  tap.push(line('8'));
  expect(tap.delivered).toBe(5);
  await settle();
  expect([tap.delivered, read]).toEqual([8, [line('8')]]);
  tap.end();
});

test('what there is at the beginning counts when all of it has come', async () => {
  const { tap } = opened(new ManualClock(), '/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan');
  tap.push(line('9'));
  await settle();
  expect(tap.delivered).toBe(0);

  const annotations = { 'k8s.io/initial-events-end': 'true' };
  tap.push(JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '10', annotations } } }));
  await settle();
  expect(tap.delivered).toBe(10);
  tap.end();
});

test('a frozen one delivers when it is thawed', async () => {
  const { tap, read } = opened();
  tap.pause();
  tap.push(line('8'));
  await settle();
  expect([tap.paused, read]).toEqual([true, []]);

  tap.resume();
  await settle();
  expect([tap.paused, tap.delivered]).toEqual([false, 8]);
  tap.end();
});

test('ends when the server would by the clock of the story', async () => {
  const { clock, reading, ends } = opened();
  await clock.advanceAsync(299_000);
  expect(ends).toEqual([]);

  await clock.advanceAsync(1_000);
  await reading;
  expect(ends).toEqual(['ended']);
});

test('an expired one tells a 410 and ends', async () => {
  const { tap, read, reading } = opened();
  tap.expire();
  await reading;

  expect(JSON.parse(read[0] ?? '')).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
});
