import type { CaseStep } from '../case.ts';

const keptApart = new Set(['check', 'do', 'rows', 'why']);

/** A step in one line: what is done or must be true, then what is said of it, as in `--list -o json`. */
export function stepText(step: CaseStep): string {
  const said = Object.entries(step)
    .filter(([key]) => !keptApart.has(key))
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const what = 'check' in step ? `check ${step.check}` : step.do;
  const why = 'why' in step && step.why !== undefined ? ` (${step.why})` : '';
  return `${[what, ...said].join(', ')}${why}`;
}
