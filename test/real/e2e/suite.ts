import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startE2eBed, type E2eBed } from './e2e-bed.ts';
import { pageOf, readPage, withOutcomes, withoutSeconds } from './page.ts';
import { startPortolan } from './portolan-outside.ts';
import type { Report } from './report.ts';
import { runTests } from './run-tests.ts';
import { listedTests, selected, type Mode, type Suite } from './tests.ts';

const root = join(import.meta.dirname, '../../..');
const page = join(root, 'docs/reference/e2e.md');
const minute = 60_000;

/** Kubernetes' own tests on a bed of their own with Portolan in one mode: one test here for each of them. */
export function e2eSuite(
  suite: Suite,
  mode: Mode,
  { port, nodes, limitMinutes }: { port: number; nodes: number; limitMinutes: number },
): void {
  const tests = selected(suite, mode);

  describe(`Kubernetes' own tests, Portolan in ${mode} mode`, () => {
    let bed: E2eBed;
    let reports: readonly Report[];
    let wipe = () => Promise.resolve();

    beforeAll(
      async () => {
        mkdirSync(join(root, 'reports'), { recursive: true });
        const log = (name: string) => join(root, `reports/${suite}-${mode}-${name}.log`);
        bed = await startE2eBed(port, nodes);
        wipe = () => bed.wipe();
        const portolan = await startPortolan(bed, mode, log('portolan'));
        const run = (process: 1 | 2) =>
          runTests(
            bed,
            tests.filter((test) => test.process === process),
            limitMinutes,
            log(String(process)),
          );
        reports = await Promise.race([Promise.all([run(1), run(2)]), portolan.ended]);
        await portolan.stop();
      },
      (limitMinutes + 15) * minute,
    ); // a first build is what takes the rest

    afterAll(() => wipe());

    const outcomes = () => reports.flatMap((report) => report.outcomes);

    test.each(tests)('$name', ({ name, skipsItself }) => {
      const wanted = skipsItself === undefined ? { state: 'passed', message: '' } : { state: 'skipped', message: skipsItself };

      expect(outcomes().find((outcome) => outcome.name === name)).toMatchObject(wanted);
    });

    test('there are no more tests of load balancers than those listed', () => {
      const known = new Set(reports.flatMap((report) => report.known).filter((name) => name.startsWith('LoadBalancers ')));
      const listed = listedTests.map(({ name }) => name).filter((name) => name.startsWith('LoadBalancers '));

      expect([...known].sort()).toEqual(listed.toSorted());
      expect(
        outcomes()
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(tests.map(({ name }) => name).toSorted());
    });

    test('docs/reference/e2e.md says so', () => {
      const said = existsSync(page) ? readPage(readFileSync(page, 'utf8')) : new Map();
      const now = withOutcomes(said, mode, tests, outcomes());
      if (process.env['PORTOLAN_WRITE_DOCS'] === '1') writeFileSync(page, pageOf(now));

      const written = readPage(readFileSync(page, 'utf8'));
      const cells = (table: typeof now) => tests.map(({ name }) => `${name}: ${withoutSeconds(table.get(name)?.[mode] ?? '')}`);
      expect(cells(written)).toEqual(cells(now));
    });

    test('nothing is left of it', async () => {
      await bed.wipe();

      expect(bed.traces()).toEqual([]);
    });
  });
}
