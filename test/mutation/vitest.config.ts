import { defineConfig } from 'vitest/config';

/** The tests that `npm run mutation` asks about each change it makes to the code: those that are over in moments. */
export default defineConfig({
  test: {
    include: ['src/{plan,engine,intent,model,settings}/**/*.test.ts', 'src/controller/**/*.test.ts'],
    setupFiles: ['test/mutation/same-every-time.ts'],
    isolate: false,
    testTimeout: 20_000,
  },
});
