import { expect, it } from 'vitest';
import { settle } from '../clock.ts';
import { InOrder } from './in-order.ts';

it('delivers answers in the order of the questions, one at a time, and only when asked to', async () => {
  const inOrder = new InOrder();
  const told: string[] = [];
  const [first, second, third] = [Promise.withResolvers<string>(), Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  for (const { promise } of [first, second, third]) {
    const tell = (word: string) => void told.push(word);
    inOrder.hold(() => promise).then(tell, (error: Error) => tell(error.message));
  }
  second.resolve('second');
  first.reject(new Error('first'));
  await settle();
  expect(told).toEqual([]);

  expect(inOrder.deliver()).toBe(true);
  await settle();
  expect(told).toEqual(['first']);

  expect(inOrder.deliver()).toBe(true);
  // The third one waits for something else, and holds up nobody.
  expect(inOrder.deliver()).toBe(false);
  third.resolve('third');
  await settle();
  expect(inOrder.deliver()).toBe(true);
  await settle();
  expect(told).toEqual(['first', 'second', 'third']);
});
