import { runSuites } from './run-suites.ts';

/** `npm run test:real`: the same stories on real parts. A suite that cannot run here is skipped with the reason. */
const required = process.env['PORTOLAN_REQUIRE_REAL'] === '1';
process.exitCode = await runSuites(
  {
    script: 'test:real',
    folder: 'test/real',
    ending: '.real.ts',
    // The table of what takes longest of Kubernetes' own tests: some 40 minutes.
    onlyNamed: ['e2e-long'],
    flags: { 'write-docs': 'PORTOLAN_WRITE_DOCS' },
    about: () => (required ? 'must run (PORTOLAN_REQUIRE_REAL=1)' : 'skipped where a part of it cannot be had'),
  },
  process.argv.slice(2),
);
