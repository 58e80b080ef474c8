import { allCases, failuresOf, report, runSuite, version, type Simulate } from 'portolan/conformance';
import { provider } from './shelf.ts';

/** A shelf forgets everything when it is dropped, and nothing else can be done to it. */
const simulate: Simulate = () => Promise.resolve({ definition: provider, connection: { full: false }, crash: () => {} });

const result = await runSuite({
  simulate,
  provider: 'shelf',
  kit: version,
  seed: 1,
  cases: allCases.filter(({ id }) => id.startsWith('claiming/')),
  passes: ['cases'],
  edits: 1,
  progress: () => {},
  signal: AbortSignal.timeout(60_000),
});
const text = report(result, 'text', { command: 'node conform.ts', whole: false });
console.log(text.includes('shelf does not conform') && failuresOf(result).length > 0 ? 'found wanting' : text);
