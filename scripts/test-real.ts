import { runSuites } from './run-suites.ts';

/** `npm run test:real`: the same stories on real parts. A suite that cannot run here is skipped with the reason. */
const required = process.env['PORTOLAN_REQUIRE_REAL'] === '1';
process.exitCode = await runSuites(
  {
    script: 'test:real',
    folder: 'test/real',
    ending: '.real.ts',
    // What has not been seen green on a fresh clone yet runs where it is named, so that what has been is not held up.
    onlyNamed: ['e2e', 'e2e-long', 'kube/trouble', 'kube/kit-toy', 'kube/scenarios'],
    flags: { 'write-docs': 'PORTOLAN_WRITE_DOCS' },
    about: () => (required ? 'must run (PORTOLAN_REQUIRE_REAL=1)' : 'skipped where a part of it cannot be had'),
  },
  process.argv.slice(2),
);
