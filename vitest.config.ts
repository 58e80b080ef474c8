import { defineConfig } from 'vitest/config';
import { reporters } from './test/reporters.ts';

const statements = (least: number) => ({ statements: least });

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'providers/**/*.test.ts',
      'test/*.test.ts',
      'test/scenarios/**/*.test.ts',
      'test/{fixtures,long,real}/**/*.test.ts',
    ],
    pool: 'forks',
    // Modules are loaded once a worker: no test leaves anything in one, and loading them for each file was a third of the time.
    isolate: false,
    setupFiles: ['test/property-limits.ts'],
    testTimeout: 20_000,
    reporters: reporters(),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'providers/{local,external,aws}/**/*.ts'],
      // Commands are wiring: the demo, the scenarios and the real suites run them whole. Doors only name what is elsewhere.
      exclude: ['src/commands/**', 'src/main.ts', 'src/published/**', '**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: {
        // A glob takes its files out of no other: each line below holds by itself.
        'src/**/*.ts': statements(90),
        'providers/{local,external,aws}/**/*.ts': statements(90),
        'src/plan/*.ts': statements(95),
        'src/intent/*.ts': statements(95),
        'src/engine/*.ts': statements(95),
        'src/engine/guard.ts': statements(95),
        'src/controller/lane-queue.ts': statements(95),
      },
    },
  },
});
