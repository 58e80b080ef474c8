import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { reporters } from './reporters.ts';

const minute = 60_000;

/** The suites of `npm run test:long` and `npm run test:real`: one after the other, with time. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..'),
    include: ['test/long/*.long.ts', 'test/real/**/*.real.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 15 * minute,
    hookTimeout: 5 * minute,
    reporters: reporters(),
  },
});
