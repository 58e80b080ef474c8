import { expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { ChangeFeed } from './change-feed.ts';

it('keeps what is told until somebody reads it, each key once', async () => {
  const feed = new ChangeFeed<string>(new ManualClock());
  for (const key of ['a', 'b', 'a']) feed.tell(key);
  const reader = feed.read(new AbortController().signal);
  expect([await reader.next(), await reader.next()].map(({ value }) => value)).toEqual(['a', 'b']);
  const next = reader.next();
  feed.tell('a');
  expect(await next).toEqual({ done: false, value: 'a' });
});

it('gathers what may wait a little, and forgets it when closed', async () => {
  const clock = new ManualClock();
  const feed = new ChangeFeed<string>(clock);
  const stop = new AbortController();
  const reader = feed.read(stop.signal);
  feed.tellSoon('a', 1000);
  clock.advance(600);
  feed.tellSoon('b', 1000);
  const first = reader.next();
  clock.advance(399);
  feed.tell('now');
  expect((await first).value).toBe('now');
  clock.advance(1);
  expect([await reader.next(), await reader.next()].map(({ value }) => value)).toEqual(['a', 'b']);

  feed.tellSoon('c', 1000);
  feed.close();
  clock.advance(5000);
  const last = reader.next();
  stop.abort();
  expect(await last).toEqual({ done: true, value: undefined });
});
