import * as fc from 'fast-check';
import type { PassOptions } from '../pass-options.ts';
import type { PassResult, Violation } from '../result.ts';
import { edit, type Edit } from './edits.ts';
import { tell, type Outcome } from './telling.ts';

export interface FuzzOptions extends PassOptions {
  /** How many edits are made, at least. Default: 10,000. */
  readonly edits?: number;
  /** Tells one story again: what a violation names. */
  readonly path?: string;
  /** Most edits of one story. Default: 240. */
  readonly longest?: number;
}

const defaultEdits = 10_000;
/** Long enough that edits meet each other, short enough that a violation is made smaller in minutes. */
const defaultLongest = 240;
const storiesPerBatch = 10;
/** A violation is made smaller by telling it again and again, but not for ever. */
const retellings = 60;

/** Random stories against every oracle, until so many edits were made or one is violated; that one is made as small as it gets. */
export async function runFuzz(options: FuzzOptions): Promise<PassResult> {
  const { simulate, seed, signal, progress, edits = defaultEdits, path, longest = defaultLongest } = options;
  const violations: Violation[] = [];
  const sum = { edits: 0, stories: 0 };
  for (let batch = seed; sum.edits < edits && violations.length === 0 && !signal.aborted; batch = (batch + 1) | 0) {
    let failed: Outcome | undefined;
    let left = retellings;
    const property = fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: longest, size: 'max' }), async (story) => {
      if (signal.aborted || (failed !== undefined && left-- <= 0)) return;
      const outcome = await tell(story, simulate, batch);
      if (outcome.violations.length > 0) {
        failed = outcome;
        throw new Error('violated');
      }
      if (failed !== undefined) return;
      sum.edits += outcome.made;
      sum.stories++;
      progress({ kind: 'pass', pass: 'fuzz', done: Math.min(sum.edits, edits), of: edits, what: 'edits' });
    });
    const check = await fc.check(property, { seed: batch, numRuns: storiesPerBatch, ...(path === undefined ? {} : { path }) });
    if (check.failed) violations.push(...(await violationsOf(check, failed, options)));
    if (path !== undefined) break;
  }
  const lines = [`${sum.edits} edits in ${sum.stories} stories of at most ${longest}, seed ${seed}`];
  return { pass: 'fuzz', lines, violations, runs: sum.stories };
}

async function violationsOf(
  check: fc.RunDetails<[Edit[]]>,
  failed: Outcome | undefined,
  { simulate }: FuzzOptions,
): Promise<readonly Violation[]> {
  const { story, outcome = failed } = await smallest(check.counterexample?.[0] ?? [], (less) => tell(less, simulate, check.seed));
  const where = `seed ${check.seed}, path ${check.counterexamplePath}, ${story.length} edits`;
  const told = ['the story:', ...story.map((each) => JSON.stringify(each)), 'what happened:', ...(outcome?.trace ?? [])];
  const texts = outcome?.violations ?? [`the story cannot be told: ${String(check.errorInstance)}`];
  return texts.map((text, index) => ({ where, text: index === 0 ? [text, ...told].join('\n') : text }));
}

/** Leaves out every edit that is not needed; what shrinking of lists leaves is often much more. */
async function smallest(
  whole: readonly Edit[],
  tellAgain: (story: readonly Edit[]) => Promise<Outcome>,
): Promise<{ readonly story: readonly Edit[]; readonly outcome?: Outcome }> {
  let story = whole;
  let outcome: Outcome | undefined;
  for (let index = story.length - 1; index >= 0; index--) {
    const less = story.toSpliced(index, 1);
    const seen = await tellAgain(less).catch(() => undefined);
    if (seen === undefined || seen.violations.length === 0) continue;
    story = less;
    outcome = seen;
  }
  return { story, ...(outcome === undefined ? {} : { outcome }) };
}
