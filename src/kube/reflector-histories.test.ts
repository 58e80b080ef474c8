import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InitialEvents, Trouble } from '../../test/history-server.ts';
import { held, reflectorRig, truth } from '../../test/reflector-rig.ts';

describe('reflector, whatever happens', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const trouble = fc.constantFrom<Trouble>(
    'drop',
    'freeze',
    { status: 410 },
    { status: 429, retryAfter: 2 },
    { status: 500 },
    { status: 200 },
  );
  const command = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('put'), name, value: fc.nat(99) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('remove'), name }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('recreate'), name }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('broken'), name }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(0, 1, 600, 5_000, 400_000) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('trouble'), trouble }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('drop', 'end', 'expire', 'compact', 'bookmark', 'repeat', 'garbage') }) },
  );

  it('the store equals the server in the end, and every change follows from the one before', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { maxLength: 60, size: 'max' }),
        fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
        fc.constantFrom<InitialEvents>('served', 'refused', 'unmarked'),
        async (commands, chance, initialEvents) => {
          const { server, clock, store, reflector, end } = reflectorRig(() => chance.next().value ?? 0, initialEvents);
          for (const step of commands) {
            if ('value' in step) server.put(step.name, step.value);
            else if ('ms' in step) await clock.advanceAsync(step.ms);
            else if ('trouble' in step) server.trouble(step.trouble);
            else if ('name' in step) {
              if (step.do !== 'broken') server.remove(step.name);
              if (step.do === 'recreate') server.put(step.name, 0);
              if (step.do === 'broken') server.putBroken(step.name);
            } else if (step.do === 'drop') server.dropWatches();
            else if (step.do === 'end') server.endWatches();
            else if (step.do === 'expire') server.expireWatches();
            else if (step.do === 'compact') server.compact();
            else if (step.do === 'bookmark') server.bookmark();
            else if (step.do === 'repeat') server.repeat();
            else server.sendLine('{"type":');
          }
          server.calm();
          for (const broken of [...server.objects].filter(([, object]) => object['value'] === 'broken')) server.put(broken[0], 1);
          await clock.advanceAsync(120_000);

          expect(held(store)).toEqual(truth(server));
          expect(store.unreadable.size).toBe(0);
          expect(reflector.problem()).toBeUndefined();
          // A watch may just have come to its end: then the next one opens within moments.
          for (let left = 60; server.openWatches === 0 && left > 0; left--) await clock.advanceAsync(500);
          expect(server.openWatches).toBe(1);
          await end();
        },
      ),
      { numRuns: 500 },
    );
  });
});
