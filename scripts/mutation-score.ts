/** A change that a mutation tool made to the code: the lines it touches, before and after, with blanks collapsed. */
export interface Change {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** A change that no test can notice, or that none should, and why. */
export interface Explained {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** What of a mutant is read; columns and lines begin at 1. */
export interface Mutant {
  readonly fileName: string;
  readonly location: { readonly start: Position; readonly end: Position };
  readonly replacement: string;
  readonly status: string;
}
interface Position {
  readonly line: number;
  readonly column: number;
}

/** What became of the changes to one module. */
export interface Score {
  readonly module: string;
  readonly changes: number;
  readonly noticed: number;
  /** Percent of the changes; 100 where there are none. */
  readonly percent: number;
  /** Unnoticed and not in the list of explanations. */
  readonly unexplained: readonly Change[];
  /** Explanations for these files that explain nothing any more. */
  readonly stale: readonly Explained[];
}

const noticed = ['Killed', 'Timeout'];
const unnoticed = ['Survived', 'NoCoverage'];

/** @param textOf the text of a source file, as it was when it was changed. */
export function scoreOf(
  module: string,
  mutants: readonly Mutant[],
  explanations: readonly Explained[],
  textOf: (file: string) => string,
): Score {
  const good = mutants.filter(({ status }) => noticed.includes(status)).length;
  const left = mutants.filter(({ status }) => unnoticed.includes(status)).map((mutant) => changeOf(mutant, textOf(mutant.fileName)));
  const changes = good + left.length;
  const files = new Set(mutants.map(({ fileName }) => fileName));
  const explains = (explained: Explained, { file, from, to }: Change): boolean =>
    explained.file === file && explained.from === from && explained.to === to;
  return {
    module,
    changes,
    noticed: good,
    percent: changes === 0 ? 100 : (100 * good) / changes,
    unexplained: left.filter((change) => !explanations.some((each) => explains(each, change))),
    stale: explanations.filter((each) => files.has(each.file) && !left.some((change) => explains(each, change))),
  };
}

function changeOf({ fileName, location, replacement }: Mutant, text: string): Change {
  const { start, end } = location;
  const lines = text.split('\n');
  const touched = lines.slice(start.line - 1, end.line).join('\n');
  const after = (lines[end.line - 1] ?? '').slice(end.column - 1);
  const before = touched.slice(0, start.column - 1);
  return { file: fileName, line: start.line, from: oneLine(touched), to: oneLine(`${before}${replacement}${after}`) };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** A table for people, one row per module and one for all of them. */
export function scoreTable(scores: readonly Score[]): string {
  const sum = (of: (score: Score) => number): number => scores.map(of).reduce((a, b) => a + b, 0);
  const [changes, good] = [sum((score) => score.changes), sum((score) => score.noticed)];
  const rows = scores.map((score) => [score.module, score.changes, score.noticed, score.unexplained.length, score.percent] as const);
  const all = ['all', changes, good, sum((score) => score.unexplained.length), changes === 0 ? 100 : (100 * good) / changes] as const;
  const body = [...rows, all].map(([name, ...numbers]) => {
    const percent = numbers.pop() ?? 0;
    return [name, ...numbers.map(String), `${percent.toFixed(1)} %`];
  });
  return [['module', 'changes', 'noticed', 'unexplained', 'score'], ...body]
    .map(([name = '', ...cells]) => name.padEnd(8) + cells.map((cell) => cell.padStart(13)).join(''))
    .join('\n');
}
