/** What came of one story on the embedded API and on the real one, in a few words each. */
export interface OnBoth {
  readonly story: string;
  readonly embedded: string;
  /** `notTold` where it is told on the embedded one only. */
  readonly real: string;
}

export const notTold = '–';

/** Stories that failed, or went otherwise on the real server, with what was seen. */
export const differences = (all: readonly OnBoth[]): readonly OnBoth[] =>
  all.filter(({ embedded, real }) => embedded.startsWith('failed') || (real !== embedded && real !== notTold));

/** How many there are and how many differ, and a row for each. */
export function tableOf(all: readonly OnBoth[]): string {
  const told = all.filter(({ real }) => real !== notTold).length;
  const rows = all.map(({ story, embedded, real }) => `| ${cell(story)} | ${cell(embedded)} | ${cell(real)} |`);
  const summary = `${all.length} stories, ${told} of them told on both; ${differences(all).length} differ.`;
  return [summary, '', '| Story | Embedded | Real |', '|---|---|---|', ...rows].join('\n');
}

/** The first line, without what would end the cell or begin a tag. */
const cell = (text: string): string => (text.split('\n')[0] ?? '').replaceAll('|', '\\|').replaceAll('<', '&lt;');
