import type { ConformanceCase } from '../../conformance/case.ts';
import { many } from '../../conformance/report/counts.ts';
import { areaOf, rowsOf } from '../../conformance/run-case.ts';

/** `--list`: each case in one line, by area; as JSON whole, with its steps. */
export function caseList(cases: readonly ConformanceCase[], format: 'text' | 'json'): string {
  if (format === 'json') return `${JSON.stringify({ cases }, undefined, 2)}\n`;
  const width = Math.max(0, ...cases.map(({ id }) => id.length));
  const lines = [...new Set(cases.map(areaOf))].flatMap((area) => [
    area,
    ...cases.filter((each) => areaOf(each) === area).map((each) => `  ${each.id.padEnd(width)}  ${each.title} [${rowsOf(each).join(' ')}]`),
  ]);
  return `${[...lines, many(cases.length, 'case')].join('\n')}\n`;
}
