import type { ConformanceCase } from '../../conformance/case.ts';
import { passNames, type PassName } from '../../conformance/result.ts';
import { LbError } from '../../errors.ts';
import { nearest } from '../../settings/nearest.ts';
import type { ConformanceFlags } from '../conformance.ts';
import { parseReportFile, type ReportFile } from './report-files.ts';
import { selectCases } from './select-cases.ts';

/** What a command line asks the kit for, understood. */
export interface Request {
  readonly cases: readonly ConformanceCase[];
  readonly passes: readonly PassName[];
  readonly edits: number;
  readonly seed: number;
  readonly reports: readonly ReportFile[];
  /** Whether every case is run. */
  readonly whole: boolean;
}

/** @throws LbError `InvalidFlag`, with the nearest name where a name is wrong */
export function parseRequest(flags: ConformanceFlags, all: readonly ConformanceCase[]): Request {
  const { area = [], case: patterns = [], pass = [], report = [] } = flags;
  const chosen = area.length > 0 || patterns.length > 0;
  const passes =
    pass.length > 0 ? passNames.filter((name) => pass.map(parsePass).includes(name)) : chosen ? (['cases'] as const) : passNames;
  return {
    cases: selectCases(all, area, patterns),
    passes,
    edits: wholeNumber('--edits', flags.edits, 1),
    seed: wholeNumber('--seed', flags.seed, 0),
    reports: report.map(parseReportFile),
    whole: !chosen && passes.includes('cases'),
  };
}

function parsePass(text: string): PassName {
  const found = passNames.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = nearest(text, passNames);
  throw new LbError('InvalidFlag', `--pass ${text}: there is no such pass${meant === undefined ? '' : ` (did you mean ${meant}?)`}`, {
    field: '--pass',
    remedy: `There are ${passNames.join(', ')}`,
  });
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value >= least) return value;
  throw new LbError('InvalidFlag', `${flag} ${text}: a whole number from ${least} on is wanted, of nine digits at most`, { field: flag });
}
