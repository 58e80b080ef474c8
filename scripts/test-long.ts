import { sizeText } from '../test/long/sizes.ts';
import { runSuites } from './run-suites.ts';

/** `npm run test:long`: what takes minutes, at the sizes CI can afford, or with --full at those an issue asks for. */
process.exitCode = await runSuites(
  {
    script: 'test:long',
    folder: 'test/long',
    ending: '.long.ts',
    flags: { full: 'PORTOLAN_FULL' },
    about: (suite, flags) => sizeText(suite, flags.has('full')),
  },
  process.argv.slice(2),
);
