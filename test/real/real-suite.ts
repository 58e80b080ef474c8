import { describe, test } from 'vitest';

/**
 * A suite that needs what not every machine has. `missing` says why it cannot run here; then it is skipped with that reason,
 * or fails with it where PORTOLAN_REQUIRE_REAL=1 says that this machine has everything.
 */
export function realSuite(name: string, missing: string | undefined, body: () => void): void {
  if (missing === undefined) {
    describe(name, body);
  } else if (process.env['PORTOLAN_REQUIRE_REAL'] === '1') {
    test(name, () => {
      throw new Error(`${missing}, and PORTOLAN_REQUIRE_REAL=1 says that it must run`);
    });
  } else {
    describe.skip(`${name} (skipped: ${missing})`, body);
  }
}
