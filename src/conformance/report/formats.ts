import type { SuiteResult } from '../result.ts';
import { jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { markdownReport } from './markdown-report.ts';
import { textReport, type TextReportOptions } from './text-report.ts';

export const reportFormats = ['text', 'json', 'markdown', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const byExtension: Readonly<Record<string, ReportFormat>> = { txt: 'text', json: 'json', md: 'markdown', xml: 'junit' };

/** The format of a file by how its name ends; undefined where that says nothing. */
export const formatOfFile = (file: string): ReportFormat | undefined => byExtension[/\.([a-z]+)$/.exec(file)?.[1] ?? ''];

/** The report of a run, in the format asked for. */
export function report(result: SuiteResult, format: ReportFormat, options: TextReportOptions): string {
  switch (format) {
    case 'text':
      return textReport(result, options);
    case 'json':
      return jsonReport(result, options.cases);
    case 'markdown':
      return markdownReport(result, options.cases);
    case 'junit':
      return junitReport(result, options.cases);
  }
}
