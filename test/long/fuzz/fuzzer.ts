import { runFuzz } from '../../../src/conformance/fuzz/fuzz-pass.ts';
import { subjects } from '../subjects.ts';

/*
 * One process of several: tells random stories on the subject, from the seed, for as many edits as its arguments say, and sends the
 * result to its parent.
 */
const [subject, seed, edits] = process.argv.slice(2);
const found = subjects.find(({ name }) => name === subject);
if (found === undefined) throw new Error(`there is no subject ${subject}`);
const result = await runFuzz({
  simulate: found.simulate,
  seed: Number(seed),
  edits: Number(edits),
  signal: new AbortController().signal,
  progress: () => {},
});
process.send?.(result, () => process.disconnect());
