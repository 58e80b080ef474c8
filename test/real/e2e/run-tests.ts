import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { E2eBed } from './e2e-bed.ts';
import { readReport, type Report } from './report.ts';
import { focusOn, type ListedTest } from './tests.ts';

/**
 * Runs them in one `e2e.test`, one after the other, outside of the nodes.
 * @param log a file that gets all it says
 * @throws Error where it ends without a report
 */
export async function runTests(bed: E2eBed, tests: readonly ListedTest[], limitMinutes: number, log: string): Promise<Report> {
  const reportFile = join(bed.folder, `${basename(log)}.json`);
  const child = bed.start(
    log,
    'e2e.test',
    '--provider=skeleton',
    `--kubeconfig=${bed.kubeconfig}`,
    '--num-nodes=-1',
    `--ginkgo.focus=${focusOn(tests)}`,
    '--ginkgo.no-color',
    '--ginkgo.v',
    `--ginkgo.timeout=${limitMinutes}m`,
    `--ginkgo.json-report=${reportFile}`,
  );
  await once(child, 'exit');
  return readFile(reportFile, 'utf8').then(readReport, (cause: unknown) => {
    throw new Error(`e2e.test wrote no report, see ${log}`, { cause });
  });
}
