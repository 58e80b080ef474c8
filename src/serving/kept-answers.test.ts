import { expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { KeptAnswers } from './kept-answers.ts';

it('an answer holds for its time, counted from when it came', async () => {
  const clock = new ManualClock();
  const answers = new KeptAnswers<string>(clock, (answer) => (answer === 'yes' ? 10_000 : 0));
  let asked = 0;
  const ask = (answer: string) => () => {
    asked++;
    return Promise.resolve(answer);
  };

  await answers.get('a', ask('yes'));
  clock.advance(9_999);
  expect(await answers.get('a', ask('other'))).toBe('yes');
  expect(asked).toBe(1);
  clock.advance(1);
  expect(await answers.get('a', ask('no'))).toBe('no');
  expect(await answers.get('a', ask('yes'))).toBe('yes');
  expect(asked).toBe(3);
});

it('many who wait for one answer ask once, and a failure is nobody else’s', async () => {
  const answers = new KeptAnswers<string>(new ManualClock(), () => 10_000);
  let fail: (error: Error) => void = () => {};
  const first = answers.get('a', () => new Promise((_, reject) => (fail = reject)));
  const second = answers.get('a', () => Promise.reject(new Error('nobody asks this')));
  fail(new Error('down'));

  await expect(first).rejects.toThrow('down');
  await expect(second).rejects.toThrow('down');
  expect(await answers.get('a', () => Promise.resolve('up'))).toBe('up');
});
