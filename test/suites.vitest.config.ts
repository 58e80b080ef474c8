import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { reporters } from './reporters.ts';

const minute = 60_000;

/** These wait most of their time, for a cloud that takes its own: they run side by side, each on a Kubernetes of its own. */
const waiting = ['test/real/aws/*.real.ts'];
/** These only compute, each on one core: their time is virtual, so that it matters to none of them what else runs. */
const computing = ['test/long/{cases,crash,faults,fuzz}.long.ts'];

/** The suites of `npm run test:long` and `npm run test:real`: one after the other, with time. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..'),
    pool: 'forks',
    testTimeout: 15 * minute,
    hookTimeout: 5 * minute,
    reporters: reporters(),
    projects: [
      {
        extends: true,
        test: {
          name: 'one by one',
          include: ['test/long/*.long.ts', 'test/real/**/*.real.ts'],
          exclude: [...waiting, ...computing],
          fileParallelism: false,
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'side by side', include: waiting, maxWorkers: 5, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'two at a time', include: computing, maxWorkers: 2, sequence: { groupOrder: 2 } } },
    ],
  },
});
