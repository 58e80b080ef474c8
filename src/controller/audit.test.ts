import { expect, it } from 'vitest';
import { ManualClock } from '../clock.ts';
import { LbError } from '../errors.ts';
import { silentLog } from '../log.ts';
import { noMetrics } from '../metrics.ts';
import { Audit, failureText } from './audit.ts';
import { formatAnswer, formatWish, parseAnswer, parseWish } from './audit-wish.ts';
import { StrayAges } from './stray-ages.ts';

it('survives what nobody expected, says so, and goes on', async () => {
  const clock = new ManualClock();
  let broken = true;
  const audit = new Audit({
    clock,
    log: silentLog,
    metrics: noMetrics,
    settings: { intervalMs: 1_000, graceMs: 1_000, deleteStrays: true },
    pool: {
      get names() {
        if (broken) throw new TypeError('a slip');
        return [];
      },
      get: () => {
        throw new LbError('ProviderUnavailable', 'there is none');
      },
    },
    scene: () => ({
      classes: [],
      units: new Set(),
      unreadable: new Set(),
      outdated: undefined,
      service: () => undefined,
      underWay: () => false,
    }),
    ages: new StrayAges(clock, silentLog, { read: () => undefined, write: () => Promise.resolve() }),
    removals: { remove: () => Promise.resolve('gone') },
    callContext: (_running, log) => ({ signal: new AbortController().signal, log, beforeCall: () => Promise.resolve() }),
    signal: new AbortController().signal,
  });
  expect((await audit.round()).failures.map(failureText)).toEqual(['a slip']);
  broken = false;
  expect(await audit.round()).toEqual({ findings: [], deleted: [], failures: [] });
});

it('a wish and its answer are read as they were written, and nothing else is', () => {
  const id = '0123abcd-0000-4000-8000-000000000000';
  expect(parseWish(formatWish(id))).toBe(id);
  for (const text of [undefined, '', `v2 ${id} delete-strays`, `v1 ${id} delete-everything`, 'v1 ../../x delete-strays'])
    expect(parseWish(text)).toBeUndefined();
  const answer = { id, deleted: [{ provider: 'toy', key: 'service/a', things: ['lb a'] }], more: 0, failures: ['no'] };
  expect(parseAnswer(formatAnswer(answer), id)).toEqual(answer);
  expect(parseAnswer(formatAnswer(answer), 'another')).toBeUndefined();
  for (const text of [undefined, 'no JSON', 'null', '7', `{"id":"${id}"}`, formatAnswer(answer).replace('["lb a"]', '7')])
    expect(parseAnswer(text, id)).toBeUndefined();
});

it('an answer stays small, and says how much it leaves out', () => {
  const deleted = Array.from({ length: 2_000 }, (_, n) => ({ provider: 'toy', key: `service/${n}`, things: ['x'.repeat(60)] }));
  const text = formatAnswer({ id: 'a', deleted, more: 0, failures: Array.from({ length: 50 }, () => 'no') });
  expect(text.length).toBeLessThan(8_000);
  expect(parseAnswer(text, 'a')).toMatchObject({ more: 1_950, failures: Array.from({ length: 10 }, () => 'no') });

  const things = Array.from({ length: 90_000 }, (_, n) => `rule ${n} ${'é'.repeat(500)}`);
  const huge = Array.from({ length: 50 }, (_, n) => ({ provider: 'toy', key: `service/${n}`, things }));
  const most = formatAnswer({ id: 'a', deleted: huge, more: 0, failures: Array.from({ length: 10 }, () => 'é'.repeat(100_000)) });
  // All annotations of an object together may have 256 KiB.
  expect(Buffer.byteLength(most)).toBeLessThan(128 * 1024);
  expect(parseAnswer(most, 'a')?.deleted[0]?.things).toHaveLength(11);
  expect(parseAnswer(most, 'a')?.deleted[0]?.things.at(-1)).toBe('89990 more');
});
