import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'providers/**/*.test.ts', 'test/*.test.ts', 'test/scenarios/**/*.test.ts', 'test/fixtures/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'providers/local/**/*.ts'],
      exclude: ['src/commands/**', 'src/main.ts', '**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
