import { writeFile } from 'node:fs/promises';
import { formatOfFile, report, reportFormats, type ReportFormat } from '../../conformance/report/formats.ts';
import type { TextReportOptions } from '../../conformance/report/text-report.ts';
import type { SuiteResult } from '../../conformance/result.ts';
import { LbError } from '../../errors.ts';
import { nearest } from '../../settings/nearest.ts';

export interface ReportFile {
  readonly path: string;
  readonly format: ReportFormat;
}

/** `FILE` or `FILE:FORMAT`. @throws LbError `InvalidFlag` */
export function parseReportFile(text: string): ReportFile {
  const [, path = text, said] = /^(.+):([a-z]+)$/.exec(text) ?? [];
  if (said !== undefined) {
    const format = reportFormats.find((each) => each === said);
    if (format !== undefined) return { path, format };
    throw refused(text, `${said} is no format`, nearest(said, reportFormats));
  }
  const format = formatOfFile(path);
  if (format === undefined) throw refused(text, 'its name says no format');
  return { path, format };
}

function refused(text: string, why: string, meant?: string): LbError {
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return new LbError('InvalidFlag', `--report ${text}: ${why}${hint}`, {
    field: '--report',
    remedy: `End the name in .txt, .json, .md or .xml, or add one of ${reportFormats.map((format) => `:${format}`).join(', ')}`,
  });
}

/** Writes the files in turn. @throws LbError `InvalidFlag` where one cannot be written */
export async function writeReports(files: readonly ReportFile[], result: SuiteResult, options: TextReportOptions): Promise<void> {
  for (const { path, format } of files) {
    try {
      await writeFile(path, report(result, format, options));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new LbError('InvalidFlag', `--report ${path}: ${why}`, {
        field: '--report',
        remedy: 'Name a file that can be written',
        cause: error,
      });
    }
  }
}
