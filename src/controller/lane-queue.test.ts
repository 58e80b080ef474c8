import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../clock.ts';
import { MetricsRegistry, noMetrics } from '../metrics.ts';
import { LaneQueue, type Lane } from './lane-queue.ts';
import { metricTable } from './metric-table.ts';

const build = (clock = new ManualClock()) => ({ clock, queue: new LaneQueue<string>({ clock, metrics: noMetrics, name: 'service' }) });

/** A promise that waits to be told. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Runs a queue whose handler records keys; `gate` holds a key until released. */
function run(queue: LaneQueue<string>, workers = 1, gates: Record<string, Promise<void>> = {}) {
  const stop = new AbortController();
  const seen: string[] = [];
  const finished = queue.run(
    workers,
    async (key, lane) => {
      seen.push(`${key}:${lane[0] ?? ''}`);
      await gates[key];
    },
    stop.signal,
  );
  return { seen, end: () => (stop.abort(new Error('stop')), finished) };
}

describe('a lane queue', () => {
  it('runs a key once however often it is asked for', async () => {
    const { queue } = build();
    queue.add('a', 'background');
    queue.add('a', 'background');
    queue.add('b', 'background');

    const { seen, end } = run(queue);
    await settle();
    await end();

    expect(seen).toEqual(['a:b', 'b:b']);
  });

  it('keeps the place of a key that is asked for again', async () => {
    const { queue } = build();
    for (const key of ['a', 'b', 'a']) queue.add(key, 'background');

    const { seen, end } = run(queue);
    await settle();
    await end();

    expect(seen).toEqual(['a:b', 'b:b']);
  });

  it('takes the foreground first and raises a key that is asked for there', async () => {
    const { queue } = build();
    queue.add('a', 'background');
    queue.add('b', 'background');
    queue.add('c', 'foreground');
    queue.add('b', 'foreground');
    queue.add('b', 'background');

    const { seen, end } = run(queue);
    await settle();
    await end();

    expect(seen).toEqual(['c:f', 'b:f', 'a:b']);
  });

  it('lets the background through now and then while the foreground never empties', async () => {
    const { queue } = build();
    queue.add('patient', 'background');
    for (let index = 0; index < 20; index++) queue.add(`f${index}`, 'foreground');

    const { seen, end } = run(queue);
    await settle();
    await end();

    expect(seen.indexOf('patient:b')).toBe(8);
  });

  it('lets the background through no more often than that, and waits for nobody where there is none', async () => {
    const { queue } = build();
    for (let index = 0; index < 20; index++) queue.add(`f${index}`, 'foreground');
    const alone = run(queue);
    await settle();
    await alone.end();
    expect(alone.seen).toHaveLength(20);

    const { queue: both } = build();
    for (let index = 0; index < 20; index++) both.add(`f${index}`, 'foreground');
    for (let index = 0; index < 3; index++) both.add(`b${index}`, 'background');
    const { seen, end } = run(both);
    await settle();
    await end();

    expect(seen.map((text) => text.at(-1)).join('')).toBe(`${'f'.repeat(8)}b${'f'.repeat(8)}bffffb`);
  });

  it('runs a key once more when it is asked for while it runs, and never twice at the same time', async () => {
    const { queue } = build();
    const { opened, open } = gate();
    queue.add('a', 'background');
    const { seen, end } = run(queue, 4, { a: opened });
    await settle();
    expect(queue.isRunning('a')).toBe(true);
    queue.add('a', 'background');
    queue.add('a', 'foreground');
    queue.add('a', 'background');
    await settle();
    expect(seen).toEqual(['a:b']);

    open();
    await settle();
    await end();

    expect(seen).toEqual(['a:b', 'a:f']);
    expect(queue.isRunning('a')).toBe(false);
  });

  it('keeps the earlier of two delays, and forgets the delay when asked for now', async () => {
    const { queue, clock } = build();
    queue.addAfter('a', 5_000, 'background');
    queue.addAfter('a', 60_000, 'background');
    queue.addAfter('b', 60_000, 'background');
    queue.addAfter('b', 5_000, 'background');
    queue.addAfter('c', 5_000, 'background');
    queue.add('c', 'foreground');
    const { seen, end } = run(queue);
    await settle();
    expect(seen).toEqual(['c:f']);

    await clock.advanceAsync(5_000);
    expect(seen).toEqual(['c:f', 'a:b', 'b:b']);

    await clock.advanceAsync(120_000);
    await end();
    expect(seen).toHaveLength(3);
  });

  it('runs at once what is asked for in no time', async () => {
    const { queue } = build();
    queue.addAfter('a', 0, 'background');
    const { seen, end } = run(queue);
    await settle();
    await end();

    expect(seen).toEqual(['a:b']);
  });

  it('keeps the place of a key that is asked for again at the same time', async () => {
    const { queue, clock } = build();
    for (const key of ['a', 'b', 'a']) queue.addAfter(key, 5_000, 'background');
    const { seen, end } = run(queue);
    await clock.advanceAsync(5_000);
    await end();

    expect(seen).toEqual(['a:b', 'b:b']);
  });

  it.each<Lane>(['foreground', 'background'])('needs no delay for a key that waits in the %s already', async (lane) => {
    const { queue, clock } = build();
    queue.add('a', lane);
    queue.addAfter('a', 5_000, 'background');
    const { seen, end } = run(queue);
    await clock.advanceAsync(10_000);
    await end();

    expect(seen).toHaveLength(1);
  });

  it('needs no delay for a key that runs once more anyway', async () => {
    const { queue, clock } = build();
    const { opened, open } = gate();
    queue.add('a', 'background');
    const { seen, end } = run(queue, 1, { a: opened });
    await settle();
    queue.add('a', 'background');
    queue.addAfter('a', 5_000, 'background');
    open();
    await clock.advanceAsync(10_000);
    await end();

    expect(seen).toHaveLength(2);
  });

  it('takes a delay anew after the last one has passed, or was not needed any more', async () => {
    const { queue, clock } = build();
    const { seen, end } = run(queue);
    queue.addAfter('a', 5_000, 'background');
    await clock.advanceAsync(5_000);
    queue.addAfter('a', 5_000, 'background');
    queue.addAfter('b', 5_000, 'background');
    queue.add('b', 'foreground');
    await settle();
    queue.addAfter('b', 10_000, 'background');
    await clock.advanceAsync(10_000);
    await end();

    expect(seen).toEqual(['a:b', 'b:f', 'a:b', 'b:b']);
  });

  it('doubles the delay with each failure in a row up to the longest, until it is forgotten', () => {
    const { queue } = build();
    const delays = Array.from({ length: 8 }, () => queue.retry('a', 'background'));
    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);

    queue.forget('a');
    expect(queue.retry('a', 'background')).toBe(5_000);
    queue.drop('a');
    expect(queue.retry('a', 'background')).toBe(5_000);
  });

  it('runs a key again after its back-off', async () => {
    const { queue, clock } = build();
    const { seen, end } = run(queue);
    queue.retry('a', 'background');
    await clock.advanceAsync(4_999);
    expect(seen).toEqual([]);
    await clock.advanceAsync(1);
    await end();

    expect(seen).toEqual(['a:b']);
  });

  it('drops a key wherever it is', async () => {
    const { queue, clock } = build();
    queue.add('a', 'foreground');
    queue.addAfter('b', 1, 'background');
    queue.add('c', 'background');
    for (const key of ['a', 'b', 'c']) queue.drop(key);
    const { seen, end } = run(queue);
    await clock.advanceAsync(10);
    await end();
    expect(seen).toEqual([]);
  });

  it('does not repeat a key that is dropped while it runs', async () => {
    const { queue } = build();
    const { opened, open } = gate();
    queue.add('a', 'background');
    const { seen, end } = run(queue, 1, { a: opened });
    await settle();
    queue.add('a', 'background');
    queue.drop('a');
    open();
    await settle();
    await end();

    expect(seen).toEqual(['a:b']);
  });

  it('starts nothing after it is told to end, and ends when what runs has ended', async () => {
    const { queue, clock } = build();
    const { opened, open } = gate();
    queue.add('a', 'background');
    queue.add('b', 'background');
    queue.addAfter('c', 1, 'background');
    const { seen, end } = run(queue, 1, { a: opened });
    await settle();
    const ended = end();
    open();
    await ended;
    queue.add('d', 'foreground');
    queue.addAfter('d', 1, 'foreground');
    // A timer that is left would keep the process.
    expect(clock.nextDueMs()).toBeUndefined();
    await clock.advanceAsync(10);

    expect(seen).toEqual(['a:b']);
  });

  it('does not begin where it is told to end before', async () => {
    const { queue } = build();
    queue.add('a', 'foreground');
    const seen: string[] = [];
    await queue.run(1, async (key) => void seen.push(key), AbortSignal.abort(new Error('late')));

    expect(seen).toEqual([]);
  });

  it('measures depth, waiting and work', async () => {
    const clock = new ManualClock();
    const metrics = new MetricsRegistry();
    metrics.declare(metricTable);
    const queue = new LaneQueue<string>({ clock, metrics, name: 'service' });
    queue.add('a', 'background');
    expect(await metrics.text()).toContain('workqueue_depth{name="service"} 1');
    clock.advance(2_000);
    const { opened, open } = gate();
    const { end } = run(queue, 1, { a: opened });
    await settle();
    clock.advance(3_000);
    open();
    await settle();
    queue.retry('a', 'background');
    await end();
    queue.add('late', 'foreground');

    const text = await metrics.text();
    expect(text).toContain('workqueue_adds_total{name="service"} 1\n');
    expect(text).toContain('workqueue_retries_total{name="service"} 1\n');
    expect(text).toContain('workqueue_depth{name="service"} 0\n');
    expect(text).toContain('workqueue_queue_duration_seconds_sum{name="service"} 2\n');
    expect(text).toContain('workqueue_work_duration_seconds_sum{name="service"} 3\n');
  });

  it('loses no key and runs none twice at once, whatever is asked for when (property)', async () => {
    const action = fc.oneof(
      fc.record({
        do: fc.constant('add' as const),
        key: fc.constantFrom('a', 'b', 'c'),
        lane: fc.constantFrom<Lane>('foreground', 'background'),
      }),
      fc.record({ do: fc.constant('after' as const), key: fc.constantFrom('a', 'b', 'c'), ms: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 30 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
        const { queue, clock } = build();
        const stop = new AbortController();
        const running = new Set<string>();
        const lastAsked = new Map<string, number>();
        const lastRun = new Map<string, number>();
        let moment = 0;
        const finished = queue.run(
          2,
          async (key) => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            lastRun.set(key, ++moment);
            await new Promise<void>((resolve) => void clock.after(7, resolve));
            running.delete(key);
          },
          stop.signal,
        );
        for (const step of actions) {
          if (step.do === 'advance') await clock.advanceAsync(step.ms);
          else {
            lastAsked.set(step.key, ++moment);
            if (step.do === 'add') queue.add(step.key, step.lane);
            else queue.addAfter(step.key, step.ms, 'background');
          }
        }
        await clock.advanceAsync(500);
        for (const [key, asked] of lastAsked) expect(lastRun.get(key) ?? 0).toBeGreaterThan(asked);
        stop.abort(new Error('stop'));
        await finished;
      }),
      { numRuns: 60 },
    );
  });
});
