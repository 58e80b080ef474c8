import { providers } from '../../../providers/registry.ts';
import { systemClock } from '../../clock.ts';
import { allCases } from '../../conformance/all-cases.ts';
import type { ConformanceCase } from '../../conformance/case.ts';
import { failuresOf } from '../../conformance/report/failures.ts';
import { report } from '../../conformance/report/formats.ts';
import { textReport } from '../../conformance/report/text-report.ts';
import { runSuite } from '../../conformance/suite.ts';
import { LbError } from '../../errors.ts';
import { version } from '../../version.ts';
import { defaultEdits, type ConformanceFlags } from '../conformance.ts';
import { exitCodes, type ExitCode, type Io } from '../io.ts';
import { caseList } from './case-list.ts';
import { createProgress } from './progress.ts';
import { writeReports } from './report-files.ts';
import { parseRequest, type Request } from './request.ts';
import { subjectOf, type Subject } from './subject.ts';

/** Where a test may have its hand in. */
export interface ConformanceSeams {
  readonly cases?: readonly ConformanceCase[];
  readonly subject?: (flags: ConformanceFlags) => Promise<Subject>;
  readonly suite?: typeof runSuite;
}

/** Runs the kit, prints its report and answers the exit code. @throws LbError `InvalidFlag` */
export async function runConformance(flags: ConformanceFlags, io: Io, seams: ConformanceSeams = {}): Promise<ExitCode> {
  const request = parseRequest(flags, seams.cases ?? [...allCases, ...(await casesOf(flags.provider))]);
  if (flags.list === true) {
    if (flags.output !== 'text' && flags.output !== 'json') {
      throw new LbError('InvalidFlag', `--list is printed as text or json, not as ${flags.output}`, { field: '--output' });
    }
    io.out(caseList(request.cases, flags.output));
    return exitCodes.good;
  }
  return await tryOut(await (seams.subject ?? subjectOf)(flags), request, flags, io, seams.suite ?? runSuite);
}

/** Those that only this kind has; none where the kind is wrong, which is said elsewhere. */
async function casesOf(kind: string | undefined): Promise<readonly ConformanceCase[]> {
  const entry = kind !== undefined && Object.hasOwn(providers, kind) ? providers[kind] : undefined;
  return (await entry?.cases?.()) ?? [];
}

async function tryOut(subject: Subject, request: Request, { output }: ConformanceFlags, io: Io, suite: typeof runSuite): Promise<ExitCode> {
  const { cases, passes, edits, seed, reports, whole } = request;
  const progress = createProgress(systemClock, (line) => io.err(`${line}\n`));
  const result = await suite({
    simulate: subject.simulate,
    provider: subject.name,
    kit: version,
    seed,
    cases,
    passes,
    edits,
    progress: (event) => progress.event(event),
    signal: io.signal,
  });
  progress.end();
  const more = edits === defaultEdits ? '' : ` --edits ${edits}`;
  const options = { command: `portolan conformance ${subject.flags} --seed ${seed}${more}`, whole, cases };
  if (io.signal.aborted) {
    // Half a report in a file looks like a whole one.
    const text = `${textReport(result, { ...options, whole: false })}stopped before the end: no report is written\n`;
    (output === 'text' ? io.out : io.err)(text);
    return exitCodes.failed;
  }
  io.out(report(result, output, options));
  await writeReports(reports, result, options);
  // What was asked for and did not happen must not look like success.
  const missing = passes.filter((pass) => pass !== 'cases' && !result.passes.some((ran) => ran.pass === pass));
  if (missing.length > 0) throw new LbError('InternalError', `asked for and not run: pass ${missing.join(', ')}`);
  return failuresOf(result).length === 0 ? exitCodes.good : exitCodes.no;
}
