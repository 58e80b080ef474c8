import { expect, it } from 'vitest';
import { ManualClock } from '../../clock.ts';
import { Checklist } from './checklist.ts';
import { createPrinter } from './printer.ts';

function checklist(signal = new AbortController().signal) {
  const clock = new ManualClock();
  const printed = { out: '', err: '' };
  const output = { colour: false, out: (text: string) => void (printed.out += text), err: (text: string) => void (printed.err += text) };
  const never = () => new Promise<void>(() => {});
  const list = new Checklist({ clock, printer: createPrinter('text', output), signal, changed: never, patienceMs: 1_000 });
  return { clock, printed, list };
}

it('looks until all is well', async () => {
  const { clock, printed, list } = checklist();
  let looks = 0;

  const result = list.expect('three looks', () => (++looks < 3 ? 'not yet' : undefined));
  await clock.advanceAsync(1_000);

  expect(await result).toBe(true);
  expect(looks).toBe(3);
  expect(list.failures).toEqual([]);
  expect(printed).toEqual({ out: '  ✓ three looks\n', err: '' });
});

it('keeps what did not come true in time, with what was seen last, in two lines', async () => {
  const { clock, printed, list } = checklist();

  const result = list.expect('never', () => Promise.resolve('still\nbad'));
  await clock.advanceAsync(1_100);

  expect(await result).toBe(false);
  expect(list.failures).toEqual([{ title: 'never', cause: 'still\nbad' }]);
  expect(printed).toEqual({ out: '', err: '  ✗ never\n      still bad\n' });
});

it('ends with the signal', async () => {
  const end = new AbortController();
  const { list } = checklist(end.signal);

  const result = list.expect('never', () => 'still bad');
  end.abort(new Error('enough'));

  await expect(result).rejects.toThrow('enough');
});
