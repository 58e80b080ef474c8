import * as z from 'zod';

/** What became of one test. */
export interface Outcome {
  readonly name: string;
  readonly state: 'passed' | 'skipped' | 'failed';
  readonly seconds: number;
  /** Why it skipped itself or failed. */
  readonly message: string;
}

export interface Report {
  /** The names of all tests of the binary, chosen or not. */
  readonly known: readonly string[];
  /** Of the chosen ones. */
  readonly outcomes: readonly Outcome[];
}

const spec = z.object({
  ContainerHierarchyTexts: z.array(z.string()).nullable(),
  LeafNodeType: z.string(),
  LeafNodeText: z.string(),
  State: z.string(),
  RunTime: z.number(),
  Failure: z.object({ Message: z.string().optional() }).optional(),
});
const reports = z.array(z.object({ SpecReports: z.array(spec) }));

/** Reads what `--ginkgo.json-report` wrote. A test that nobody chose counts as skipped there, and gives no reason. */
export function readReport(text: string): Report {
  const tests = reports
    .parse(JSON.parse(text))
    .flatMap(({ SpecReports }) => SpecReports)
    .filter(({ LeafNodeType }) => LeafNodeType === 'It')
    .map(
      ({ ContainerHierarchyTexts, LeafNodeText, State, RunTime, Failure }): Outcome => ({
        name: withoutTags([...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' ')),
        state: State === 'passed' || State === 'skipped' ? State : 'failed',
        seconds: RunTime / 1e9,
        message: Failure?.Message ?? '',
      }),
    );
  return { known: tests.map(({ name }) => name), outcomes: tests.filter(({ state, message }) => state !== 'skipped' || message !== '') };
}

const withoutTags = (text: string): string =>
  text
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
