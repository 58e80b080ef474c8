import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LeaseServer, Process, type Weather } from '../../test/lease-world.ts';
import { settle } from '../clock.ts';

describe('two processes, whatever happens', () => {
  const weather = fc.constantFrom<Weather>('good', 'good', 'good', 'refused', 'frozen', 'reply lost', { delayMs: 700 }, { delayMs: 4_000 });
  const command = fc.record({
    who: fc.constantFrom(0, 1),
    weather,
    stall: fc.constantFrom(false, false, false, true),
    ms: fc.constantFrom(100, 500, 2_000, 5_000, 11_000, 16_000),
    annotate: fc.boolean(),
  });

  it('never both may act, and one of them leads again in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 30, size: 'max' }), async (commands) => {
        const server = new LeaseServer();
        let pair = [new Process(server, 'a-0'), new Process(server, 'b-0')];
        let generation = 0;
        for (const process of pair) process.start();
        const check = () => {
          const able = pair.filter((process) => process.elector.remainingMs() > 0);
          if (able.length > 1) throw new Error('two may act');
        };
        const tick = async (ms: number) => {
          for (let passed = 0; passed < ms; passed += 100) {
            for (const process of pair) {
              process.clock.pass(100);
              check();
              await process.run();
              await settle();
              check();
            }
            // A process that has lost ends; another one takes its place.
            pair = pair.map((process, index) => {
              if (process.outcome === undefined) return process;
              const next = new Process(server, `${index === 0 ? 'a' : 'b'}-${++generation}`);
              const behind = process.clock.monotonic() - next.clock.monotonic();
              next.clock.pass(behind);
              next.start();
              return next;
            });
          }
        };
        for (const step of commands) {
          const process = pair[step.who];
          if (process === undefined) continue;
          process.weather = step.weather;
          process.clock.stalled = step.stall;
          if (!step.stall) process.clock.fire();
          if (step.annotate) void process.elector.setAnnotation('n', String(generation)).catch(() => {});
          await tick(step.ms);
        }
        for (const process of pair) {
          process.weather = 'good';
          process.clock.stalled = false;
          process.clock.fire();
        }
        await tick(40_000);
        expect(pair.filter((process) => process.elector.remainingMs() > 0)).toHaveLength(1);
        for (const process of pair) await process.end();
      }),
      { numRuns: 60 },
    );
  });
});
