import { expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock.ts';
import { silentLog } from '../../../src/log.ts';
import { StderrLog } from './stderr-log.ts';

function bed() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = new StderrLog(
    {
      ...silentLog,
      info: ({ stderr }) => void lines.push(String(stderr)),
      warn: ({ lines: dropped }) => void lines.push(`dropped ${String(dropped)}`),
    },
    clock,
  );
  return { clock, lines, push: (text: string) => log.push(Buffer.from(text)), log };
}

it('shows whole lines, however they come, the last one at the end', () => {
  const { lines, push, log } = bed();
  push('one\ntw');
  push('o\n\n  \nthr');
  expect(lines).toEqual(['one', 'two']);
  push('ee');
  log.end();
  expect(lines).toEqual(['one', 'two', 'three']);
});

it('cuts a long line, keeps none of the rest, and lets nothing steer a terminal', () => {
  const { lines, push } = bed();
  for (let times = 0; times < 100; times++) push('x'.repeat(1_000));
  push('\n\u001b[2Jnext\r\n');
  expect(lines).toEqual(['x'.repeat(2_000), ' [2Jnext']);
});

it('shows a hundred lines at once and then twenty a second, and counts the others', () => {
  const { clock, lines, push } = bed();
  push('x\n'.repeat(1_000));
  expect(lines).toHaveLength(100);
  clock.advance(1_000);
  push('y\n'.repeat(30));
  expect(lines.slice(100, 102)).toEqual(['dropped 900', 'y']);
  expect(lines).toHaveLength(121);
});
